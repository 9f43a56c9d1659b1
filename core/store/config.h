/*
 * config.h - the configuration file (R5): a GKeyFile, every key in one table.
 *
 * The table (config_options) is the single source of what may be written, its default and its
 * help: it drives the parser, the annotated example that is installed, and the man page.
 * Thread: main.
 */
#ifndef ROOST_STORE_CONFIG_H
#define ROOST_STORE_CONFIG_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"
#include "core/store/rotate.h"

enum config_lease_kind {
    CONFIG_LEASE_STORE,
    CONFIG_LEASE_ETCD,
};

/* See lease_config.h. */
struct config_lease {
    enum config_lease_kind kind;
    char *endpoints;
    char *prefix; /* NULL = follows from the cluster's name */
    char *ca_file;
    char *cert_file;
    char *key_file;
    gint64 beat_us;
    gint64 valid_us;
    gint64 expiry_us;
};

/* How the console tells of a new alarm, beside the screen. */
enum config_notice {
    CONFIG_NOTICE_NONE,
    CONFIG_NOTICE_BELL,
    CONFIG_NOTICE_OSC9,
    CONFIG_NOTICE_OSC777,
};

struct config {
    char *path; /* the file, absolute; NULL when built in */
    char *cluster_name;
    char *store; /* directory, absolute; NULL when none is configured */
    char *ssh_user;
    char *ssh_identity;    /* absolute; NULL = the ssh defaults */
    char *ssh_known_hosts; /* absolute; NULL = ~/.ssh/known_hosts */
    guint ssh_port;
    char *libvirt_uri;       /* template with {address} and {user}; NULL = follows from [ssh] */
    char *libvirt_peer_uri;  /* the same, as a source host reaches a target; NULL = by ssh */
    char *wake_command;      /* run here; NULL = magic packets alone */
    char *off_command;       /* run on the host; NULL = whichever of the usual ones works */
    char *off_local_command; /* run here in its stead; NULL = none */
    char *cut_command;       /* run here once the host is silent; NULL = none */
    gint64 command_timeout_us;
    char *hours_open;
    char *hours_holidays;
    char *hours_timezone;
    enum engine_mode mode; /* the mode the console starts in */
    gint64 takeover_step_us;
    char *manager_group; /* whose members may use its socket; NULL = nobody else */
    char *theme;
    char *keymap;
    gboolean readonly; /* of the console alone: a manager acts all the same */
    gboolean mouse;
    gboolean animation;
    enum config_notice notice;
    gboolean title;
    struct rotate_settings journal;
    char *metrics_textfile; /* absolute; NULL = none */
    struct energy_tariff tariff;
    char *currency; /* NULL = none is named */
    struct engine_config engine;
    struct config_lease lease;
    GPtrArray *hosts;  /* struct config_host_group *: see config_host.h */
    GHashTable *lines; /* "group\nkey" -> line of the file it was read from */
};

enum config_type {
    CONFIG_STRING,   /* char *; NULL when unset */
    CONFIG_PATH,     /* char *, absolute: from the file's directory, or "~/" from the user's own */
    CONFIG_INTEGER,  /* guint */
    CONFIG_REAL,     /* double */
    CONFIG_SHARE,    /* guint, thousandths of the decimal that is written */
    CONFIG_BOOLEAN,  /* gboolean: "true" or "false" ("yes", "no", "1" and "0" do as well) */
    CONFIG_DURATION, /* gint64 microseconds: "90 s", "15 min", "500 ms", "2 h"; a bare number is s
                      */
    CONFIG_SIZE_MIB, /* guint64, written in MiB and kept in KiB */
    CONFIG_RATE_MIB, /* guint64, written and kept in MiB/s */
    CONFIG_CHOICE,   /* an enum whose values are the choices' places */
    CONFIG_COMMAND,  /* char *, as CONFIG_STRING; {name}, {address}, {mac} and {user} are filled in
                      */
    CONFIG_MAC,      /* char *, aa:bb:cc:dd:ee:ff in lower case */
    CONFIG_IPV4,     /* char *, a numeric IPv4 address */
};

struct config_option {
    const char *group;
    const char *key;
    enum config_type type;
    gsize offset;         /* in struct config, or struct config_host */
    const char *fallback; /* as it would be written; "" = unset */
    const char *choices;  /* CONFIG_CHOICE: "a|b|c" */
    const char *range;    /* numbers: "0..1", durations: "1 s..1 h"; NULL = any */
    const char *help;     /* one or two sentences, with the unit */
};

extern const struct config_option config_options[];
extern const guint config_n_options;

/* The defaults, for when no file is given. Never NULL. */
struct config *config_new(void);
void config_free(struct config *config);
AUTOPTR_DEFINE(config)

/*
 * Reads the file. NULL with "FILE:LINE: ..." when it cannot be read or parsed, or a value is
 * wrong. Keys it does not know are told in `warnings` (char *, may be NULL), with the nearest
 * known key, and otherwise ignored.
 */
struct config *config_load(const char *path, GPtrArray *warnings, GError **error);

/*
 * Sets one option as the file would. FALSE, and a sentence without the key ("is not a whole
 * number"), when the value is wrong; config is then as before.
 */
gboolean config_set(struct config *config, const char *group, const char *key, const char *value,
                    GError **error);

/* The annotated example, made from the table. Free with g_free. */
char *config_example(void);

/* Hours as configured; NULL and "FILE:LINE: [hours] key: ..." when they cannot be read. */
struct hours *config_hours(const struct config *config, GError **error);

/* "FILE:LINE: [group] key", to begin a message with. Free with g_free. */
char *config_place(const struct config *config, const char *group, const char *key);

/* The option of that name, or NULL. */
const struct config_option *config_find_option(const char *group, const char *key);

#endif
