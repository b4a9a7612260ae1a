/* Nothing is called here: what this target defines is found by the linker. */
