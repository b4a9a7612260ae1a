
# git's completion calls this for "git uet ...": the same words as for "git-uet ...".
_git_uet() {
    local -a COMP_WORDS=(git-uet "${words[@]:${__git_cmd_idx:-1}+1}")
    local -i COMP_CWORD=$((cword - ${__git_cmd_idx:-1}))
    _git-uet git-uet "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
}
