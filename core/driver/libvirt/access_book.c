#include "core/driver/libvirt/access_book.h"

struct access_book {
    struct libvirt_settings settings; /* strings owned */
    struct access *all;
    GHashTable *entries; /* address -> struct access_entry * */
};

static void clear_host(struct libvirt_host *host)
{
    g_free((char *)host->name);
    g_free((char *)host->uri);
    g_free((char *)host->wake_command);
    g_free((char *)host->off_command);
    g_free((char *)host->off_local_command);
    g_free((char *)host->cut_command);
    g_free((char *)host->mac);
    g_free((char *)host->known_mac);
    g_free((char *)host->broadcast);
}

static struct libvirt_host copy_host(const struct libvirt_host *host)
{
    return (struct libvirt_host){
        .name = g_strdup(host->name),
        .uri = g_strdup(host->uri),
        .wake_command = g_strdup(host->wake_command),
        .off_command = g_strdup(host->off_command),
        .off_local_command = g_strdup(host->off_local_command),
        .cut_command = g_strdup(host->cut_command),
        .mac = g_strdup(host->mac),
        .known_mac = g_strdup(host->known_mac),
        .broadcast = g_strdup(host->broadcast),
    };
}

static void entry_free(gpointer data)
{
    struct access_entry *entry = data;

    access_unref(entry->access);
    clear_host(&entry->host);
    g_free(entry);
}

struct access_book *access_book_new(const struct libvirt_settings *settings, GError **error)
{
    struct access *all = access_new(settings, error);
    struct access_book *book;

    if (!all)
        return NULL;
    book = g_new0(struct access_book, 1);
    book->all = all;
    book->settings = *settings;
    book->settings.uri = g_strdup(settings->uri);
    book->settings.peer_uri = g_strdup(settings->peer_uri);
    book->settings.ssh_user = g_strdup(settings->ssh_user);
    book->settings.ssh_identity = g_strdup(settings->ssh_identity);
    book->settings.ssh_known_hosts = g_strdup(settings->ssh_known_hosts);
    book->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return book;
}

void access_book_free(struct access_book *book)
{
    g_hash_table_unref(book->entries);
    access_unref(book->all);
    g_free((char *)book->settings.uri);
    g_free((char *)book->settings.peer_uri);
    g_free((char *)book->settings.ssh_user);
    g_free((char *)book->settings.ssh_identity);
    g_free((char *)book->settings.ssh_known_hosts);
    g_free(book);
}

const struct access *access_book_all(const struct access_book *book)
{
    return book->all;
}

/* NULL and an error when its own URI cannot be used. */
static struct access *make_access(const struct access_book *book, const char *address,
                                  const char *uri, GError **error)
{
    struct libvirt_settings own = book->settings;
    struct access *access;

    if (g_strcmp0(uri, book->settings.uri) == 0)
        return access_ref(book->all);
    own.uri = uri;
    access = access_new(&own, error);
    if (!access)
        g_prefix_error(error, "host %s: ", address);
    return access;
}

const struct access_entry *access_book_find(struct access_book *book, const char *address,
                                            GError **error)
{
    struct access_entry *entry = g_hash_table_lookup(book->entries, address);
    struct libvirt_host host = {.uri = book->settings.uri};
    struct access *access = NULL;

    if (!access_check_address(address, error))
        return NULL;
    if (book->settings.find_host)
        book->settings.find_host(address, &host, book->settings.find_host_data);
    if (entry && g_strcmp0(entry->host.uri, host.uri) == 0)
        access = access_ref(entry->access);
    else
        access = make_access(book, address, host.uri, error);
    if (!access)
        return NULL;
    if (!entry) {
        entry = g_new0(struct access_entry, 1);
        g_hash_table_insert(book->entries, g_strdup(address), entry);
    }
    entry->moved = entry->access && entry->access != access;
    access_unref(entry->access);
    entry->access = access;
    clear_host(&entry->host);
    entry->host = copy_host(&host);
    return entry;
}
