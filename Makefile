# throw-away; the tooling part replaces it
W := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wundef -Wcast-qual -Wwrite-strings -Wpointer-arith -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion -Werror
SRC := $(filter-out src/cli/main.c,$(wildcard src/*/*.c))
all: build/libpgr.a
build/libpgr.a: $(SRC:%.c=build/%.o)
	rm -f $@ && ar rcs $@ $^
build/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -D_GNU_SOURCE -Og -g3 $(W) -Isrc -isystem /usr/include/postgresql -MMD -MP -c $< -o $@
-include $(SRC:%.c=build/%.d)
