. ./steps/lib.sh
think 1
cat >> README.md <<'END'

Link with `-Lbuild -lpocket` after `make lib`.
END
# Nobody asked for this: the Makefile is outside the scope of the workstream.
swap '-O0' '-O3' Makefile
