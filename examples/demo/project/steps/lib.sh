# Read by the scripts that stand in for an agent in this demonstration.
# Each makes a real change; "think" is the time that an agent would take over it.
set -eu

think() {
    sleep "$1"
}

# above MARKER FILE: puts standard input above the last line of FILE that begins with MARKER.
above() {
    text=$(cat)
    TEXT=$text MARKER=$1 awk '
        { line[NR] = $0; if (index($0, ENVIRON["MARKER"]) == 1) at = NR }
        END {
            if (!at) exit 1
            for (i = 1; i <= NR; i++) {
                if (i == at) print ENVIRON["TEXT"]
                print line[i]
            }
        }' "$2" > "$2.new"
    cat "$2.new" > "$2"
    rm "$2.new"
}

# swap FROM TO FILE...: replaces every FROM by TO, both taken literally.
swap() {
    from=$1 to=$2
    shift 2
    for file; do
        FROM=$from TO=$to awk '
            {
                out = ""
                while ((at = index($0, ENVIRON["FROM"])) > 0) {
                    out = out substr($0, 1, at - 1) ENVIRON["TO"]
                    $0 = substr($0, at + length(ENVIRON["FROM"]))
                }
                print out $0
            }' "$file" > "$file.new"
        cat "$file.new" > "$file"
        rm "$file.new"
    done
}
