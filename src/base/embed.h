/* SPDX-License-Identifier: PostgreSQL */
/* Text files (SQL, templates) that become part of the program at build time. */
#ifndef PGR_BASE_EMBED_H
#define PGR_BASE_EMBED_H

/*
 * Makes `symbol` a NUL-terminated string holding the bytes of the file `path`, relative to the
 * top of the project. To be used at file scope. The assembler reads the file.
 */
#define EMBED(symbol, path)                                                                        \
    __asm__(".pushsection .rodata\n"                                                               \
            ".type " #symbol ", @object\n"                                                         \
            ".hidden " #symbol "\n"                                                                \
            ".globl " #symbol "\n" #symbol ":\n"                                                   \
            ".incbin \"" path "\"\n"                                                               \
            ".byte 0\n"                                                                            \
            ".size " #symbol ", . - " #symbol "\n"                                                 \
            ".popsection\n");                                                                      \
    extern const char symbol[]

#endif
