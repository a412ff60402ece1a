/* SPDX-License-Identifier: PostgreSQL */
/* Undefines the row macros of record.def; no guard: it follows each inclusion of the rows. */
#undef OBJECT
#undef TEXT
#undef FLAG
#undef COUNT
#undef MAYBE
#undef REAL
#undef TIME
#undef WORDS
#undef PART
#undef LIST
#undef TEXTS
#undef DONE
