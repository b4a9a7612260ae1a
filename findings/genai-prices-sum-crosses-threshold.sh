#!/bin/sh
# genai-prices 0.2.3: `Usage + Usage` is made for adding up requests, and the sum has another price than its parts.
#
# gemini-2.5-pro costs double above 200,000 tokens of input, for the whole request. The threshold is one of a
# request, but calc_price takes any Usage, so two requests of 150,000 tokens that were added up (as the operator
# invites, and as programs report a session) are priced as one of 300,000: 1.05 dollars instead of 0.575.
# Nothing warns. Price each request, or say that a session's total has no one price.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
pypi genai-prices==0.2.3
"$python" - >"$work/out" <<'PYTHON'
from genai_prices import Usage, calc_price

def dollars(usage):
    return calc_price(usage, model_ref="gemini-2.5-pro", provider_id="google").total_price

request = Usage(input_tokens=150_000, output_tokens=10_000)
print(dollars(request) + dollars(request), dollars(request + request))
PYTHON
seen "two requests apart, and added up" "0.5750 1.05" "$(cat "$work/out")"
