#include "store/sections.h"

#include "core/mem.h"
#include "core/str.h"
#include "store/sql.h"

#include <stdlib.h>

enum { POSITION_OF_SUBSCRIPTIONS = 1000000, POSITION_OF_OTHER = 2000000 };

/* A slug that no other section has. */
static enum status free_slug(struct store *store, const char *title, const char *wanted,
	struct arena *arena, char **slug)
{
	const char *base = wanted ? wanted : config_slug(title, arena);
	int64_t taken = 0;
	enum status status;
	int n = 1;

	*slug = arena_strdup(arena, base);
	do {
		if (n > 1)
			*slug = arena_printf(arena, "%s-%d", base, n);
		n++;
		status = sql_int(store,
			"SELECT count(*) FROM section WHERE slug = ?1 AND title <> ?2", &taken,
			"ss", *slug, title);
	} while (status == STATUS_OK && taken);
	return status;
}

static enum status section_put(
	struct store *store, const char *title, const char *wanted, int64_t position)
{
	struct arena arena = {0};
	char *slug = NULL;
	enum status status = free_slug(store, title, wanted, &arena, &slug);

	if (status == STATUS_OK)
		status = sql_run(store,
			"INSERT INTO section (title, slug, position) VALUES (?1, ?2, ?3) "
			"ON CONFLICT (title) DO UPDATE SET slug = excluded.slug, is_current = 1, "
			"position = iif(is_current, min(position, excluded.position), "
			"excluded.position)",
			"ssi", title, slug, position);
	arena_finish(&arena);
	return status;
}

enum status section_find(struct store *store, const char *title, int64_t *id)
{
	enum status status;

	if (str_is_empty(title))
		title = SECTION_OTHER;
	status = sql_int(store, "SELECT id FROM section WHERE title = ?1", id, "s", title);
	if (status != STATUS_OK || *id)
		return status;
	status = section_put(store, title, NULL,
		str_eq(title, SECTION_OTHER) ? POSITION_OF_OTHER : POSITION_OF_SUBSCRIPTIONS);
	if (status == STATUS_OK)
		status = sql_int(store, "SELECT id FROM section WHERE title = ?1", id, "s", title);
	return status;
}

enum status sections_sync(
	struct store *store, const struct config *config, const struct subscriptions *subs)
{
	enum status status = sql_run(store, "UPDATE section SET is_current = 0", "");

	for (size_t i = 0; status == STATUS_OK && i < config->section_count; i++)
		status = section_put(
			store, config->sections[i].title, config->sections[i].slug, (int64_t)i);
	for (size_t i = 0; status == STATUS_OK && i < subs->count; i++)
		if (!str_is_empty(subs->list[i].section) &&
			(i == 0 || !str_eq(subs->list[i].section, subs->list[i - 1].section)))
			status = section_put(store, subs->list[i].section, NULL,
				POSITION_OF_SUBSCRIPTIONS + (int64_t)i);
	if (status == STATUS_OK)
		status = section_put(store, SECTION_OTHER, NULL, POSITION_OF_OTHER);
	return status;
}

enum status section_has_feeds(struct store *store, const char *title, bool *has_feeds)
{
	int64_t found;
	enum status status = sql_int(store,
		"SELECT EXISTS (SELECT 1 FROM feed LEFT JOIN section ON section.id = "
		"feed.section_id WHERE coalesce(section.title, ?2) = ?1 "
		"AND feed.state <> 'unsubscribed')",
		&found, "ss", title, SECTION_OTHER);

	*has_feeds = found != 0;
	return status;
}
