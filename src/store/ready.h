/*
 * The last step of an item's way: its text is chosen, it is filed, indexed and has arrived. For the
 * files of this layer only.
 */
#ifndef DIURNA_STORE_READY_H
#define DIURNA_STORE_READY_H

#include "core/config.h"
#include "core/doc.h"
#include "core/identity.h"
#include "store/store.h"

enum { FUTURE_S = 24 * 3600 }; /* dates of articles further ahead are mistakes */

/* The first two are stored. ARRIVAL_NONE: another sighting says it, who has seen it has seen it. */
enum arrival_kind { ARRIVAL_NEW = 0, ARRIVAL_CHANGED = 1, ARRIVAL_NONE };

/* An item as the store has it. Strings live in the arena it was loaded into. */
struct item_row {
	int64_t id;
	int64_t feed_id;
	int64_t section_id; /* its own; 0: none */
	int64_t feed_section_id;
	const char *feed_url; /* as subscribed */
	const char *url;
	const char *canonical;
	const char *title;
	const char *author;
	const char *language;
	const char *state;      /* "pending", "ready", "dropped" */
	const char *page_state; /* "none", "waiting", ... */
	const char *categories; /* JSON */
	const char *summary;    /* HTML of the entry */
	const char *content;    /* HTML of the entry */
	int64_t published;      /* or DATE_NONE */
	int32_t revision;
	int32_t page_tries;
	bool is_backlog;
	bool has_body; /* its text is here */
};

/* STATUS_NOT_FOUND: there is none. */
enum status item_row_load(
	struct store *store, int64_t id, struct arena *arena, struct item_row *row);

/* The text that an item gets. Strings are borrowed, or in an arena. */
struct item_text {
	const char *title; /* as the page gives it; NULL: none */
	const char *html;
	const char *text;
	const char *byline;
	const char *site;
	const char *excerpt;
	const char *image;
	const char *language;
	const char *section;
	const char *reason;
	const char *final_url;
	const char *page_state; /* what came of the page; NULL: that is not told here */
	const char *page_error;
	const char *const *categories; /* of the page */
	size_t category_count;
	double quality;
	enum article_source source;
	bool is_truncated;
	struct content_marks marks;
	int64_t related;   /* item_by_text: an item with some of the same wording; 0: none */
	int64_t published; /* DATE_NONE: not known */
};

/* What the entry itself says. */
void item_text_of_feed(const struct item_row *row, struct arena *arena, struct item_text *text);
/* What the page says, or the entry where that is more. article may be NULL. */
void item_text_choose(const struct item_row *row, const struct article *article,
	const char *final_url, struct arena *arena, struct item_text *text);

/*
 * Another item with this text, or an edited copy of it, that is the same article, not only the same
 * notice to all visitors: its number, or 0. *is_taken: there is one with this text, but it is
 * another article. at: now; copies are known by their likeness for some weeks.
 */
enum status item_by_text(struct store *store, const struct item_row *row, struct item_text *text,
	int64_t *id, bool *is_taken);

/* How the texts of an item are stored: as markup (woven.h), or where that is NULL, as they are. */
struct woven {
	const char *html;              /* of the article */
	const char *summary, *content; /* of the entry */
	int64_t bytes;                 /* of all that is stored of them */
};
void item_weave(const struct item_row *row, const struct item_text *text, struct arena *arena,
	struct woven *woven);

/* Where a new item belongs, and its number among the arrivals. */
struct placed {
	int64_t seq;
	int64_t section_id;
	bool is_dropped; /* by a rule */
	bool is_starred;
	struct buf rules; /* names of those that acted, ", " between them */
};
void placed_finish(struct placed *placed);

/*
 * For an item whose text is there before its row is: place it, store the row with what was found,
 * then let it arrive. What the row does not say of itself is nothing, its id comes in between.
 */
enum status item_place(struct store *store, const struct config *config, const struct item_row *row,
	const struct item_text *text, int64_t at, struct placed *placed);
enum status item_arrive(struct store *store, const struct config *config,
	const struct item_row *row, const struct item_text *text, const struct woven *woven,
	const struct placed *placed, int64_t at);

/*
 * Store the text and, for ARRIVAL_NEW, file the item. It is ready afterwards, or dropped by a rule.
 * keep_hash: the text may stand for the item's identity.
 */
enum status item_make_ready(struct store *store, const struct config *config,
	const struct item_row *row, const struct item_text *text, bool keep_hash, int64_t at,
	enum arrival_kind kind);

/* What the entry of an item says now. Its text becomes the item's by item_make_ready. */
enum status item_body_put(
	struct store *store, int64_t id, const char *summary, const char *content);

/* Out of the full-text index, as long as the words in the store are those that went in. */
enum status item_unindex(struct store *store, int64_t id);
enum status item_index(struct store *store, int64_t id);

/* Keep what the item says now as its earlier text; its revision counts up. */
enum status item_keep_revision(struct store *store, int64_t id, int64_t at);

#endif
