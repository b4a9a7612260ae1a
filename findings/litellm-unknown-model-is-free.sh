#!/bin/sh
# litellm 1.110.2: a model that is not in its table of prices costs nothing, or raises an error, as its name goes.
#
# cost_per_token raises for a name that it cannot place, and one relies on that to notice what has no price. But
# names that fit one of the table's rules for families ("fallback_generalizations", which say what such models can do,
# and no price) are answered with 0.0: a model that has left the table, a version that is not in it yet, one with
# another date. A budget that adds up such costs is never reached. Look the name up in litellm.model_cost first.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
pypi litellm==1.110.2
LITELLM_LOCAL_MODEL_COST_MAP=True "$python" - >"$work/out" 2>/dev/null <<'PYTHON'
import litellm

litellm.suppress_debug_info = True
for name in ("claude-opus-4-5", "claude-opus-4-1", "anthropic/claude-opus-4-99", "openai/gpt-9",
             "claude-no-such-model", "deepseek/no-such-model"):
    try:
        cost = sum(litellm.cost_per_token(model=name, prompt_tokens=1000000, completion_tokens=100000))
    except Exception as error:
        cost = type(error).__name__
    print(name, name in litellm.model_cost, cost)
PYTHON
line() { sed -n "$1p" "$work/out"; }
seen "in the table" "claude-opus-4-5 True 7.5" "$(line 1)"
seen "not in the table" "claude-opus-4-1 False 0.0" "$(line 2)"
seen "not in the table" "anthropic/claude-opus-4-99 False 0.0" "$(line 3)"
seen "not in the table" "openai/gpt-9 False 0.0" "$(line 4)"
seen "not in the table" "claude-no-such-model False BadRequestError" "$(line 5)"
seen "not in the table" "deepseek/no-such-model False ModelNotMappedError" "$(line 6)"
