"""The agent programs: how a user would set each up against a model at a URL, and what each can tell."""
from dataclasses import dataclass, field

KEY = "key-0123456789abcdef"


@dataclass
class Program:
    name: str
    # As it names the model itself, and as git-uet is told.
    main: str
    model: str = None
    # Of the user: what the program logs in with.
    environment: dict = field(default_factory=dict)
    # Below the home folder: path to content.
    files: dict = field(default_factory=dict)
    arguments: list = field(default_factory=list)
    style: str = "tools"
    # How its own limits are set: "turns" in the tool's entry, "cost" in the bundle; those that it has.
    limits: dict = field(default_factory=dict)
    # Kinds of tokens that it tells apart; others it counts as ordinary input or not at all.
    apart: tuple = ("cache_read", "reasoning")
    # Cases ("*": all) in which it keeps no account of all, and what of it then is: "" for a part of the answers,
    # "asides" for all but those.
    untold: dict = field(default_factory=dict)
    # Cases in which it undoes what it began.
    unedited: tuple = ()
    # Seconds in which any case has to be over: so long it asks again by itself at most.
    limit: int = 60
    # Below the home folder: where it keeps its sessions; "" where it takes none up.
    sessions: str = ""
    # Whether it is given git-uet's own server of tools.
    mcp: bool = False
    # Cases that cannot be, with the reason.
    without: dict = field(default_factory=dict)

    def __post_init__(self):
        self.model = self.model or self.main


def openai(url):
    return {"OPENAI_API_KEY": KEY, "OPENAI_API_BASE": url + "/v1", "OPENAI_BASE_URL": url + "/v1"}


NO_TOOLS = "it runs no commands here"


def programs(url):
    """All of them, by name, for a model at `url`."""
    all = [
        Program(
            "claude", "claude-sonnet-5", environment={"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url},
            apart=("cache_read", "cache_write"), sessions=".claude/projects", mcp=True,
            limits={"turns": "max_turns: 2", "cost": "max_cost_usd: 0.008"}),
        Program(
            "codex", "gpt-5-codex", environment={"OPENAI_API_KEY": KEY}, sessions=".codex/sessions",
            mcp=True,
            files={".codex/config.toml": f"""
model_provider = "here"
[model_providers.here]
name = "here"
base_url = "{url}/v1"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
"""}),
        Program(
            "mini", "gpt-4o", "openai/gpt-4o", environment=openai(url),
            limits={"cost": "max_cost_usd: 0.004"},
            untold={case: "" for case in ("term", "kill", "crash")}),
        Program(
            "aider", "gpt-4o", "openai/gpt-4o", environment=openai(url), style="edit",
            limit=120, arguments=["--analytics", "--analytics-log", "{folder}/aider.jsonl"], apart=(),
            without={"term": NO_TOOLS, "kill": NO_TOOLS, "crash": NO_TOOLS}),
        Program(
            "gptme", "gpt-4o", "openai/gpt-4o", environment=openai(url), untold={
                "*": "asides", "term": "", "kill": "", "crash": ""}),
        Program(
            "kimi", "kimi-k2", files={".kimi/config.toml": f"""
default_model = "kimi-k2"
[models."kimi-k2"]
provider = "here"
model = "kimi-k2"
max_context_size = 200000
[providers.here]
type = "openai_legacy"
base_url = "{url}/v1"
api_key = "{KEY}"
"""}, apart=("cache_read",), limits={"turns": "max_turns: 2"}),
        Program(
            "vibe", "devstral", environment={"MISTRAL_API_KEY": KEY}, files={".vibe/config.toml": f"""
active_model = "devstral"
[[providers]]
name = "here"
api_base = "{url}/v1"
api_key_env_var = "MISTRAL_API_KEY"
[[models]]
name = "devstral"
provider = "here"
alias = "devstral"
input_price = 3.0
output_price = 7.0
"""}, apart=("cache_read",), limits={"turns": "max_turns: 2", "cost": "max_cost_usd: 0.004"},
            unedited=("cost",)),
        Program(
            "openhands", "gpt-4o", "openai/gpt-4o",
            environment={"LLM_API_KEY": KEY, "LLM_BASE_URL": url + "/v1"},
            limit=180, untold={case: "" for case in ("term", "kill", "crash")}),
    ]
    return {program.name: program for program in all}
