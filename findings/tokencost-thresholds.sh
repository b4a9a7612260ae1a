#!/bin/sh
# tokencost 0.1.26: a long prompt is priced as a short one, and no model says that it is dearer above a threshold.
#
# Its table is an old copy of litellm's and holds `input_cost_per_token_above_200k_tokens`, but nothing reads the
# member: 250,000 tokens into gemini-2.5-pro cost 0.3125 dollars here and 0.625 on the bill.
set -eu
work=$(mktemp -d)
. "$(dirname "$0")/common"
pypi tokencost==0.1.26
"$python" - >"$work/out" 2>/dev/null <<'PYTHON'
from tokencost import TOKEN_COSTS, calculate_cost_by_tokens

model = "gemini/gemini-2.5-pro"
row = TOKEN_COSTS[model]
print(float(row["input_cost_per_token_above_200k_tokens"]) * 250_000,
      float(calculate_cost_by_tokens(250_000, model, "input")))
PYTHON
seen "by the table's own member, and by the function" "0.625 0.3125" "$(cat "$work/out")"
