# fish's completion of git asks here for "git uet ...": the same words as for "git-uet ...".
function __git_uet_words
    set -l words (commandline -opc)
    set -l place (contains -i -- uet $words); or return 1
    test $place -eq 2; or string match -q -- '-*' $words[2]; or return 1
    test (count $words) -eq $place; or printf '%s\n' $words[(math $place + 1)..-1]
end

function __git_uet_offers
    set -l words (string escape -- (__git_uet_words))
    complete -C "git-uet "(string join ' ' -- $words '')(commandline -ct)
end

complete -c git -f -n '__git_uet_words >/dev/null' -a '(__git_uet_offers)'
complete -c git -f -n __fish_git_needs_command -a uet -d 'plan, run and land work'
