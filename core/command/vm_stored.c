#include "core/command/vm_stored.h"

#include "core/base/text.h"
#include "core/store/vm_files.h"

char *vm_stored_read(const struct session *session, const char *name)
{
    if (!session->store || !text_check_name(name, NULL))
        return NULL;
    return vm_files_load(store_dir(session->store), name, NULL);
}
