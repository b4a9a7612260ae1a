#!/bin/sh
# genai-prices 0.2.3: the price of a response does not depend on the service tier that the response itself names,
# although the book has prices for tiers, and a misspelt tier is the standard one without a word.
#
# extract_usage reads tokens and model from a raw response; `service_tier` ("priority" costs double, "flex" half) is
# left in it. Whoever wants the right price passes price_context={"service_tier": ...} himself, in exactly this case:
# "Priority" and "no-such-tier" are taken and priced as standard.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
pypi genai-prices==0.2.3
"$python" - >"$work/out" <<'PYTHON'
from genai_prices import Usage, calc_price, extract_usage

def response(tier):
    return {
        "id": "r", "object": "response", "model": "gpt-5.6-sol", "service_tier": tier,
        "usage": {"input_tokens": 10000, "output_tokens": 3000, "total_tokens": 13000,
                  "input_tokens_details": {"cached_tokens": 0},
                  "output_tokens_details": {"reasoning_tokens": 0}}}

def read(tier):
    return extract_usage(response(tier), provider_id="openai", api_flavor="responses").calc_price().total_price

def told(tier):
    return calc_price(Usage(input_tokens=10000, output_tokens=3000), model_ref="gpt-5.6-sol",
                      provider_id="openai", price_context={"service_tier": tier}).total_price

print(*(f"{tier}={read(tier)}" for tier in ("priority", "default", "flex")))
print(*(f"{tier}={told(tier)}" for tier in ("priority", "flex", "Priority", "no-such-tier")))
PYTHON
seen "read from the response" "priority=0.10 default=0.10 flex=0.10" "$(sed -n 1p "$work/out")"
seen "told beside it" "priority=0.20 flex=0.05 Priority=0.10 no-such-tier=0.10" "$(sed -n 2p "$work/out")"
