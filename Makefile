# roost - see README.md. The two that do everything: `make run` and `make check`.

VARIANT ?= release
WERROR  ?= 0
PREFIX  ?= /usr/local
DESTDIR ?=
BINDIR  ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
OCFDIR  ?= $(PREFIX)/lib/ocf/resource.d
UNITS   := roost.service roost-night.service roost-night.timer

CC      ?= gcc
PKGS    := glib-2.0 gio-2.0 gthread-2.0 ncursesw libvirt libssh libxml-2.0 libcurl json-glib-1.0 \
           libedit
OUT     := build/$(VARIANT)
VERSION := $(shell cat VERSION)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla \
            -Wformat=2 -Wundef -Wpointer-arith -Wcast-align -Wno-missing-field-initializers
ifneq ($(WERROR),0)
WARNINGS += -Werror
endif

FLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
FLAGS_debug   := -O0 -g3
FLAGS_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
                 -fno-sanitize-recover=undefined
FLAGS_tsan    := -O1 -g -fno-omit-frame-pointer -fsanitize=thread

CPPFLAGS += -I. -I$(OUT) -D_GNU_SOURCE -DG_LOG_DOMAIN='"roost"' -DROOST_VERSION='"$(VERSION)"'
# Deferred, so that `make deps` can run before pkg-config must answer.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
# Says what is being made, in a word; `make V=1` shows whole commands.
V ?= 0
ifeq ($(V),0)
QUIET = @printf '  %-5s %s\n' '$(1)' '$@';
endif

ALL_CFLAGS = -std=gnu17 $(WARNINGS) $(FLAGS_$(VARIANT)) $(PKG_CFLAGS) $(CFLAGS)
ALL_LDLIBS = $(FLAGS_$(VARIANT)) $(LDFLAGS) $(PKG_LIBS) -lm -lpthread

LIB_SRC   := $(sort $(filter-out tui/main.c,$(wildcard core/*/*.c core/*/*/*.c tui/*.c tui/*/*.c)))
LIB_OBJ   := $(LIB_SRC:%.c=$(OUT)/%.o) $(OUT)/resources.o
LIB       := $(OUT)/libroost.a
PROGRAM   := $(OUT)/roost
RESOURCES := $(sort $(wildcard themes/*.theme keymaps/*.keymap))
UNIT_SRC  := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN  := $(UNIT_SRC:%.c=$(OUT)/%)
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
BENCH_BIN := $(BENCH_SRC:%.c=$(OUT)/%)
LAB_SRC   := $(sort $(wildcard tests/lab/*.c))
LAB_BIN   := $(LAB_SRC:tests/lab/%.c=$(OUT)/tests/lab/%)
LAB_TEST_SRC := $(sort $(wildcard tests/lab/*/*.c))
LAB_TEST_BIN := $(LAB_TEST_SRC:%.c=$(OUT)/%)
SUPPORT_SRC := $(sort $(wildcard tests/support/*.c))
SUPPORT_OBJ := $(SUPPORT_SRC:%.c=$(OUT)/%.o)
SOURCES   := $(LIB_SRC) tui/main.c $(UNIT_SRC) $(BENCH_SRC) $(LAB_SRC) $(LAB_TEST_SRC) $(SUPPORT_SRC)
HEADERS    = $(sort $(wildcard core/*/*.h core/*/*/*.h tui/*.h tui/*/*.h tests/*/*.h))

.PHONY: all run check check-unit check-asan check-tsan check-valgrind check-lab lab lint format \
        bench bench-lab install uninstall clean deps golden tests lab-tools docs
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAM)
	@ln -sf $(VARIANT)/roost build/roost

# --- The two that do everything ---------------------------------------------------------------

run: deps
	@$(MAKE) --no-print-directory all
	@build/roost $(ARGS)

check: deps
	@$(MAKE) --no-print-directory all tests
	@OUT=$(OUT) tests/run

# --- Building ---------------------------------------------------------------------------------

$(PROGRAM): $(OUT)/tui/main.o $(LIB)
	$(call QUIET,link)$(CC) -o $@ $^ $(ALL_LDLIBS)

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(call QUIET,ar)$(AR) rcs $@ $^

$(OUT)/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(call QUIET,cc)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The shipped themes and keymaps are compiled in: the program needs no file beside it.
$(OUT)/roost.gresource.xml: $(RESOURCES) Makefile
	@mkdir -p $(@D)
	@{ echo '<gresources><gresource prefix="/roost">'; \
	   for f in $(RESOURCES); do echo "<file>$$f</file>"; done; \
	   echo '</gresource></gresources>'; } >$@

$(OUT)/resources.c: $(OUT)/roost.gresource.xml
	$(call QUIET,embed)glib-compile-resources --sourcedir=. --generate-source --target=$@ --c-name roost $<

$(OUT)/resources.o: $(OUT)/resources.c
	$(call QUIET,cc)$(CC) $(CPPFLAGS) -std=gnu17 $(FLAGS_$(VARIANT)) $(PKG_CFLAGS) $(CFLAGS) -c -o $@ $<

# --- Tests ------------------------------------------------------------------------------------

tests: $(UNIT_BIN)

$(OUT)/tests/unit/%: $(OUT)/tests/unit/%.o $(SUPPORT_OBJ) $(LIB)
	$(call QUIET,link)$(CC) -o $@ $^ $(ALL_LDLIBS)

$(OUT)/tests/bench/%: $(OUT)/tests/bench/%.o $(SUPPORT_OBJ) $(LIB)
	$(call QUIET,link)$(CC) -o $@ $^ $(ALL_LDLIBS)

# Programs that drive a lab through the library; what is in tests/lab itself needs none of it.
$(LAB_TEST_BIN): %: %.o $(SUPPORT_OBJ) $(LIB)
	$(call QUIET,link)$(CC) -o $@ $^ $(ALL_LDLIBS)

$(OUT)/tests/lab/%: tests/lab/%.c
	@mkdir -p $(@D)
	$(call QUIET,cc)$(CC) -std=gnu17 -D_GNU_SOURCE $(WARNINGS) -O2 -g -o $@ $<

check-unit: all tests
	@OUT=$(OUT) tests/run unit

check-asan: deps
	@$(MAKE) --no-print-directory VARIANT=asan build/asan/roost tests
	@OUT=build/asan tests/run unit

check-tsan: deps
	@$(MAKE) --no-print-directory VARIANT=tsan build/tsan/roost tests
	@OUT=build/tsan tests/run unit

check-valgrind: deps
	@$(MAKE) --no-print-directory VARIANT=debug build/debug/roost tests
	@OUT=build/debug VALGRIND=1 tests/run unit

golden: tests
	@OUT=$(OUT) GOLDEN=write tests/run unit

# The lease is tormented in etcd too, by the program of its unit test.
lab-tools: $(LAB_BIN) $(LAB_TEST_BIN) $(OUT)/tests/unit/test_lease_torture

check-lab: deps
	@scripts/install-deps lab
	@$(MAKE) --no-print-directory all lab-tools
	@OUT=$(OUT) tests/run lab

lab: deps
	@scripts/install-deps lab
	@$(MAKE) --no-print-directory all lab-tools
	@OUT=$(OUT) tests/lab/ready.sh $(or $(N),8)

bench: deps
	@$(MAKE) --no-print-directory all $(BENCH_BIN)
	@OUT=$(OUT) tests/run bench

# On N real hosts (62), made and taken away.
bench-lab: deps
	@scripts/install-deps lab
	@$(MAKE) --no-print-directory all lab-tools
	@OUT=$(OUT) tests/bench/lab.sh $(or $(N),62)

# --- Care -------------------------------------------------------------------------------------

lint: deps
	@scripts/install-deps lint
	@scripts/lint $(SOURCES) $(HEADERS)

format: deps
	@scripts/install-deps lint
	clang-format -i $(SOURCES) $(HEADERS)

deps:
	@scripts/install-deps build

# --- Installing -------------------------------------------------------------------------------

docs: all
	build/roost help --man >docs/roost.1
	build/roost help --config >docs/roost.conf.example
	build/roost help --commands >docs/commands.md
	build/roost help themes >docs/themes.md
	build/roost help keymaps >docs/keymaps.md
	build/roost help --completion bash >completions/roost.bash
	build/roost help --completion zsh >completions/_roost
	build/roost help --completion fish >completions/roost.fish
	build/roost help --schema >schema/ClusterInfo.xsd

install: all
	install -Dm755 $(PROGRAM) $(DESTDIR)$(BINDIR)/roost
	ln -sf roost $(DESTDIR)$(BINDIR)/roost-kiosk
	install -Dm644 docs/roost.1 $(DESTDIR)$(DATADIR)/man/man1/roost.1
	install -Dm644 docs/roost.conf.example $(DESTDIR)$(DATADIR)/doc/roost/roost.conf.example
	install -d $(DESTDIR)$(DATADIR)/doc/roost/templates
	install -m644 docs/*.md $(DESTDIR)$(DATADIR)/doc/roost
	install -m644 templates/*.xml $(DESTDIR)$(DATADIR)/doc/roost/templates
	install -Dm644 completions/roost.bash $(DESTDIR)$(DATADIR)/bash-completion/completions/roost
	install -Dm644 completions/_roost $(DESTDIR)$(DATADIR)/zsh/site-functions/_roost
	install -Dm644 completions/roost.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/roost.fish
	install -Dm644 schema/ClusterInfo.xsd $(DESTDIR)$(DATADIR)/roost/schema/ClusterInfo.xsd
	install -d $(DESTDIR)$(DATADIR)/doc/roost/themes $(DESTDIR)$(DATADIR)/doc/roost/keymaps
	install -m644 themes/*.theme $(DESTDIR)$(DATADIR)/doc/roost/themes
	install -m644 keymaps/*.keymap $(DESTDIR)$(DATADIR)/doc/roost/keymaps

	install -d $(DESTDIR)$(UNITDIR)
	for unit in $(UNITS); do \
		sed 's|/usr/local/bin/roost|$(BINDIR)/roost|; s|/etc/roost|$(SYSCONFDIR)/roost|' \
			packaging/systemd/$$unit >$(DESTDIR)$(UNITDIR)/$$unit; \
		chmod 644 $(DESTDIR)$(UNITDIR)/$$unit; done
	install -Dm755 packaging/ocf/roost $(DESTDIR)$(OCFDIR)/roost/roost

uninstall:
	for unit in $(UNITS); do rm -f $(DESTDIR)$(UNITDIR)/$$unit; done
	rm -rf $(DESTDIR)$(OCFDIR)/roost
	rm -f $(DESTDIR)$(BINDIR)/roost $(DESTDIR)$(BINDIR)/roost-kiosk $(DESTDIR)$(DATADIR)/man/man1/roost.1
	rm -f $(DESTDIR)$(DATADIR)/bash-completion/completions/roost
	rm -f $(DESTDIR)$(DATADIR)/zsh/site-functions/_roost
	rm -f $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/roost.fish
	rm -rf $(DESTDIR)$(DATADIR)/doc/roost $(DESTDIR)$(DATADIR)/roost

clean:
	rm -rf build

-include $(wildcard $(OUT)/*/*.d $(OUT)/*/*/*.d $(OUT)/*/*/*/*.d)
