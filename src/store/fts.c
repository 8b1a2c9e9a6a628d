#include "store/fts.h"

#include "store/relevance.h"
#include "store/sql.h"
#include "store/tokens.h"

enum status fts_register(sqlite3 *db)
{
	sqlite3_stmt *s = NULL;
	fts5_api *api = NULL;
	int result = sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &s, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_bind_pointer(s, 1, &api, "fts5_api_ptr", NULL);
	if (result == SQLITE_OK)
		sqlite3_step(s);
	sqlite3_finalize(s);
	if (result == SQLITE_OK && !api)
		return STATUS_UNSUPPORTED;
	if (result == SQLITE_OK)
		result = tokens_create(api);
	if (result == SQLITE_OK)
		result = relevance_create(api);
	return sql_status(result);
}
