/* Stores of older versions are brought forward. For the files of this layer only. */
#ifndef DIURNA_STORE_MIGRATE_H
#define DIURNA_STORE_MIGRATE_H

#include "store/store.h"

/*
 * Bring an open store from version (at least 1) to SCHEMA_VERSION, in one transaction, after a
 * copy of it was written beside it: PATH.version-1. When it fails the store is as it was. *why,
 * where not NULL, gets a sentence for people, to be freed.
 */
enum status store_migrate(struct store *store, int64_t version, char **why);

#endif
