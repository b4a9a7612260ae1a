// Counts are taken to have 64 bits, and numbers to lie in memory with their lowest byte first.
// Where that is not so the build ends here, with a word, and not later with a wrong result.
#if !_pointerBitWidth(_64)
  #error("git-uet needs a machine of 64 bits")
#elseif !_endian(little)
  #error("git-uet needs a little-endian machine")
#endif
