#include "core/driver/libvirt/migration_probe.h"

#include <string.h>

#include "core/base/text.h"
#include "core/driver/libvirt/host_script.h"
#include "core/driver/libvirt/ssh_link.h"

static const char begin[] = "LC_ALL=C\nexport LC_ALL\n"
                            "while read -r key value rest; do\n"
                            "    case $key in MemAvailable:) echo \"mem $value\" ;; esac\n"
                            "done </proc/meminfo\n"
                            "disk() {\n"
                            "    if [ -f \"$2\" ]; then\n"
                            "        echo \"disk $1 $(stat -L -c %s -- \"$2\")\"\n"
                            "    elif [ -e \"$2\" ]; then\n"
                            "        echo \"disk $1 0\"\n"
                            "    else\n"
                            "        echo \"disk $1 -1\"\n"
                            "    fi\n"
                            "}\n"
                            "link() { [ ! -e \"/sys/class/net/$2\" ] || echo \"link $1\"; }\n";

/* Where libvirt's QEMU driver looks for the certificates of migrations. */
static const char certificates[] =
    "dir() {\n"
    "    sed -n \"s/^[[:space:]]*$1_tls_x509_cert_dir[[:space:]]*=[[:space:]]*\\\"\\(.*\\)\\\".*/"
    "\\1/p\" /etc/libvirt/qemu.conf 2>/dev/null | tail -n 1\n"
    "}\n"
    "dir=$(dir migrate)\n"
    "[ -n \"$dir\" ] || [ ! -d /etc/pki/libvirt-migrate ] || dir=/etc/pki/libvirt-migrate\n"
    "[ -n \"$dir\" ] || dir=$(dir default)\n"
    "[ -n \"$dir\" ] || dir=/etc/pki/qemu\n"
    "for file in server-key.pem server-cert.pem ca-cert.pem; do\n"
    "    [ -e \"$dir/$file\" ] || echo \"lacks $dir/$file\"\n"
    "done\n";

static const char farewell[] = "roost-end\n";

char *migration_probe_script(const struct guest_needs *needs)
{
    GString *script = g_string_new(begin);

    for (guint i = 0; i < needs->disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(needs->disks, i);
        g_autofree char *path = g_shell_quote(disk->path);

        g_string_append_printf(script, "disk %u %s\n", i, path);
    }
    for (guint i = 0; i < needs->links->len; i++) {
        g_autofree char *name = g_shell_quote(g_ptr_array_index(needs->links, i));

        g_string_append_printf(script, "link %u %s\n", i, name);
    }
    g_string_append(script, certificates);
    g_string_append_printf(script, "echo %s", farewell);
    return g_string_free(script, FALSE);
}

void migration_probe_free(struct migration_probe *probe)
{
    if (!probe)
        return;
    g_free(probe->disk_bytes);
    g_free(probe->has_link);
    g_free(probe->lacks);
    g_free(probe);
}

static gboolean read_index(const char *word, guint count, guint *index)
{
    guint64 number;

    if (count == 0 || !word || !g_ascii_string_to_unsigned(word, 10, 0, count - 1, &number, NULL))
        return FALSE;
    *index = (guint)number;
    return TRUE;
}

static void read_line(struct migration_probe *probe, const struct guest_needs *needs,
                      const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    guint index;

    if (!words[0] || !words[1])
        return;
    if (strcmp(words[0], "mem") == 0)
        g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXINT64, &probe->mem_available_kib, NULL);
    else if (strcmp(words[0], "disk") == 0 && read_index(words[1], needs->disks->len, &index))
        g_ascii_string_to_signed(words[2] ? words[2] : "", 10, -1, G_MAXINT64,
                                 &probe->disk_bytes[index], NULL);
    else if (strcmp(words[0], "link") == 0 && read_index(words[1], needs->links->len, &index))
        probe->has_link[index] = TRUE;
    else if (strcmp(words[0], "lacks") == 0) {
        g_free(probe->lacks);
        probe->lacks = text_escape(line + strlen("lacks "));
    }
}

struct migration_probe *migration_probe_read(const struct guest_needs *needs, const char *output,
                                             gsize length)
{
    struct migration_probe *probe = g_new0(struct migration_probe, 1);
    g_autofree char *text = g_strndup(output, length); /* up to a NUL: none is ours */
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    probe->disk_bytes = g_new(gint64, needs->disks->len + 1);
    for (guint i = 0; i < needs->disks->len; i++)
        probe->disk_bytes[i] = MIGRATION_PROBE_UNASKED;
    probe->has_link = g_new0(gboolean, needs->links->len + 1);
    for (guint i = 0; lines[i]; i++)
        read_line(probe, needs, lines[i]);
    probe->answered = g_str_has_suffix(text, farewell);
    return probe;
}

struct migration_probe *migration_probe_ask(const struct access *access, const char *address,
                                            const struct guest_needs *needs)
{
    gint64 deadline_us = g_get_monotonic_time() + access->refresh_us;
    autoptr(ssh_link) ssh = ssh_link_open(access, address, deadline_us, NULL);
    g_autofree char *script = migration_probe_script(needs);
    autoptr(ssh_answer) answer = ssh_answer_new();

    if (ssh)
        ssh_link_run(ssh, host_script_command, script, deadline_us, answer, NULL);
    return migration_probe_read(needs, answer->output->str, answer->output->len);
}
