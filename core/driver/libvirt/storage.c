#include "core/driver/libvirt/storage.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/enrol_tell.h"
#include "core/driver/libvirt/host_facts.h"
#include "core/driver/libvirt/ssh_link.h"

#define QUICK_US (60 * G_USEC_PER_SEC)
#define COPY_US  (G_GINT64_CONSTANT(4) * 3600 * G_USEC_PER_SEC) /* of all that a large disk holds  \
                                                                 */

struct storage_work {
    struct manage_request *request;
    struct manage_answer *answer;
};

/* --- Scripts --- */

static const char begin[] = "LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin\n"
                            "export LC_ALL PATH\n"
                            "say() { printf '%s %s\\n' \"$1\" \"$2\"; }\n"
                            "end() { say \"$1\" \"$2\"; echo roost-end; exit 0; }\n"
                            "echo roost-begin\n";

/*
 * A draft beside it becomes the image by a link, which fails where anything is there already, on
 * NFS as well: two who make the same image at once do not write over each other. Where there are
 * no hard links it is renamed, without a file being there.
 */
static const char create[] =
    "dir=$(dirname -- \"$path\")\n"
    "[ -d \"$dir\" ] || end failed \"$dir: there is no such directory\"\n"
    "[ ! -e \"$path\" ] && [ ! -L \"$path\" ] ||\n"
    "    end failed \"$path: is there already; it is left as it is\"\n"
    "[ -z \"$below\" ] || [ -r \"$below\" ] || end failed \"$below: there is no such file\"\n"
    "draft=$dir/.roost-draft.$$.$(date +%s)\n"
    "trap 'rm -f -- \"$draft\"' 0\n"
    "trap 'exit 1' 1 2 13 15\n"
    "umask 022\n"
    "make() {\n"
    "    if ! command -v qemu-img >/dev/null 2>&1; then\n"
    "        [ \"$format\" = raw ] || { echo 'qemu-img is not installed'; return 1; }\n"
    "        if [ -z \"$below\" ]; then truncate -s \"$bytes\" \"$draft\"\n"
    "        else cp --sparse=always -- \"$below\" \"$draft\"; fi\n"
    "    elif [ -z \"$below\" ]; then\n"
    "        qemu-img create -q -f \"$format\" \"$draft\" \"$bytes\"\n"
    "    elif [ \"$copy\" = 1 ]; then\n"
    "        qemu-img convert -q ${below_format:+-f \"$below_format\"} -O \"$format\" -- "
    "\"$below\" \"$draft\"\n"
    "    else\n"
    "        qemu-img create -q -f qcow2 -b \"$below\" -F \"$below_format\" \"$draft\" "
    "${bytes:+\"$bytes\"}\n"
    "    fi\n"
    "}\n"
    "why=$(make 2>&1 </dev/null) || end failed \"$path: $(echo \"$why\" | tail -n 1)\"\n"
    "if ! ln -- \"$draft\" \"$path\" 2>/dev/null; then\n"
    "    [ ! -e \"$path\" ] || end failed \"$path: is there already; it is left as it is\"\n"
    "    why=$(mv -n -- \"$draft\" \"$path\" 2>&1) || end failed \"$path: $why\"\n"
    "    [ ! -e \"$draft\" ] || end failed \"$path: is there already; it is left as it is\"\n"
    "fi\n"
    "end done made\n";

static const char remove_it[] =
    "[ -f \"$path\" ] && [ ! -L \"$path\" ] ||\n"
    "    end failed \"$path: there is no such file, or it is no plain one\"\n"
    "[ \"$(stat -c %h -- \"$path\")\" = 1 ] ||\n"
    "    end failed \"$path: it has other names (hard links); it is left as it is\"\n"
    "why=$(rm -f -- \"$path\" 2>&1) && [ ! -e \"$path\" ] || end failed \"$path: $why\"\n"
    "end done removed\n";

/* The image itself is the first of the chain. A path is the rest of its line. */
static const char trace[] =
    "see() {\n"
    "    echo disk\n"
    "    [ -e \"$1\" ] || return\n"
    "    say real \"$(readlink -f -- \"$1\")\"\n"
    "    info=$(qemu-img info -U --backing-chain -- \"$1\" 2>/dev/null </dev/null) || return\n"
    "    echo told\n"
    "    printf '%s\\n' \"$info\" | while IFS= read -r line; do\n"
    "        case $line in\n"
    "        'image: '*) below=${line#image: }\n"
    "            say link \"$(readlink -f -- \"$below\" 2>/dev/null || printf %s \"$below\")\" ;;\n"
    "        'file format: '*) say format \"${line#file format: }\" ;;\n"
    "        'virtual size: '*) size=${line##*\\(}; say bytes \"${size%% *}\" ;;\n"
    "        esac\n"
    "    done\n"
    "}\n";

static void set(GString *script, const char *name, const char *value)
{
    g_autofree char *quoted = g_shell_quote(value ? value : "");

    g_string_append_printf(script, "%s=%s\n", name, quoted);
}

static void append_creation(GString *script, const struct manage_request *request)
{
    g_autofree char *bytes =
        request->bytes ? g_strdup_printf("%" G_GUINT64_FORMAT, request->bytes) : NULL;

    set(script, "path", request->path);
    set(script, "format", request->format);
    set(script, "bytes", bytes);
    set(script, "below", request->backing);
    set(script, "below_format", request->backing_format);
    set(script, "copy", request->copy ? "1" : "");
    g_string_append(script, create);
}

char *storage_script(const struct manage_request *request)
{
    GString *script = g_string_new(begin);

    if (request->kind == MANAGE_CREATE_DISK) {
        append_creation(script, request);
    } else if (request->kind == MANAGE_REMOVE_DISK) {
        set(script, "path", request->path);
        g_string_append(script, remove_it);
    } else {
        g_string_append(script, trace);
        for (const char *const *path = request->paths; path && *path; path++) {
            g_autofree char *quoted = g_shell_quote(*path);
            g_string_append_printf(script, "see %s\n", quoted);
        }
        g_string_append(script, "end done seen\n");
    }
    return g_string_free(script, FALSE);
}

/* --- Answers --- */

/* What is told of one image, as it is gathered. */
struct telling {
    struct manage_trace *trace;
    GPtrArray *below; /* NULL = its chain was not told */
    guint links;
    guint formats;
};

static void tell_end(struct telling *telling)
{
    if (telling->trace && telling->below) {
        g_ptr_array_add(telling->below, NULL);
        telling->trace->below = (char **)g_ptr_array_free(telling->below, FALSE);
    }
    *telling = (struct telling){0};
}

static void tell_line(struct telling *telling, const char *line)
{
    struct manage_trace *told = telling->trace;

    if (g_str_has_prefix(line, "real ") && !told->real)
        told->real = g_strdup(line + strlen("real "));
    else if (strcmp(line, "told") == 0 && !telling->below)
        telling->below = g_ptr_array_new();
    else if (g_str_has_prefix(line, "link ") && telling->below && telling->links++ > 0)
        g_ptr_array_add(telling->below, g_strdup(line + strlen("link ")));
    else if (g_str_has_prefix(line, "format ") && !told->format)
        told->format = g_strdup(line + strlen("format "));
    else if (g_str_has_prefix(line, "bytes ") && told->bytes == 0)
        g_ascii_string_to_unsigned(line + strlen("bytes "), 10, 0, G_MAXINT64, &told->bytes, NULL);
}

static void trace_free(gpointer data)
{
    manage_trace_free(data);
}

GPtrArray *storage_read_traces(const struct manage_request *request, const char *text, gsize size,
                               GError **error)
{
    g_autoptr(GPtrArray) traces = g_ptr_array_new_with_free_func(trace_free);
    gboolean whole = FALSE;
    g_auto(GStrv) lines = host_facts_lines(text, size, &whole);
    const char *const *path = request->paths;
    struct telling telling = {0};

    for (char **line = lines; line && *line; line++) {
        if (strcmp(*line, "disk") == 0 && *path) {
            tell_end(&telling);
            telling.trace = g_new0(struct manage_trace, 1);
            telling.trace->path = g_strdup(*path++);
            g_ptr_array_add(traces, telling.trace);
        } else if (telling.trace) {
            tell_line(&telling, *line);
        }
    }
    tell_end(&telling);
    if (whole && !*path)
        return g_steal_pointer(&traces);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "its sh gave no whole answer");
    return NULL;
}

/* --- The errand --- */

gboolean storage_is_for(enum manage_kind kind)
{
    return kind == MANAGE_CREATE_DISK || kind == MANAGE_REMOVE_DISK || kind == MANAGE_TRACE_DISKS;
}

gint64 storage_allowed_us(const struct manage_request *request)
{
    return request->kind == MANAGE_CREATE_DISK && request->copy ? COPY_US : QUICK_US;
}

gpointer storage_work(const struct manage_request *request)
{
    struct storage_work *work = g_new0(struct storage_work, 1);

    work->request = manage_request_copy(request);
    work->answer = manage_answer_new();
    return work;
}

static void work_free(gpointer data)
{
    struct storage_work *work = data;

    manage_request_free(work->request);
    manage_answer_free(work->answer);
    g_free(work);
}

static gboolean run(struct errand *errand, GError **error)
{
    struct storage_work *work = errand->work;
    g_autofree char *script = storage_script(work->request);
    autoptr(ssh_link) link =
        ssh_link_open(errand->access, errand->address, errand->deadline_us, error);
    autoptr(ssh_answer) answer = NULL;

    if (!link)
        return FALSE;
    if (work->request->kind != MANAGE_TRACE_DISKS)
        return enrol_tell(link, TRUE, script, errand->deadline_us, NULL, NULL, error);
    answer = ssh_answer_new();
    if (!ssh_link_run(link, enrol_tell_as_root, script, errand->deadline_us, answer, error))
        return FALSE;
    work->answer->traces =
        storage_read_traces(work->request, answer->output->str, answer->output->len, error);
    return work->answer->traces != NULL;
}

static void tell(struct errand *errand, const GError *error, gpointer data)
{
    driver_manage_func done = (driver_manage_func)errand->done;
    struct storage_work *work = errand->work;

    done(error ? NULL : g_steal_pointer(&work->answer), error, data);
}

const struct errand_kind storage_errand = {"disks", run, tell, work_free};
