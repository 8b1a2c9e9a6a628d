#include "store/draft.h"

#include "core/doc_json.h"
#include "core/identity.h"
#include "core/markup.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/aliases.h"
#include "store/feeds.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { TITLE_CHARACTERS = 80 }; /* of a title made of the text */

void draft_hash(const char *const *parts, size_t count, uint8_t hash[ENTRY_HASH_BYTES])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned len = 0;

	memset(hash, 0, ENTRY_HASH_BYTES);
	if (context && EVP_DigestInit_ex(context, EVP_sha256(), NULL)) {
		for (size_t i = 0; i < count; i++)
			EVP_DigestUpdate(context, parts[i] ? parts[i] : "",
				(parts[i] ? strlen(parts[i]) : 0) + (parts[i] != NULL));
		EVP_DigestFinal_ex(context, hash, &len);
	}
	EVP_MD_CTX_free(context);
}

/* Takes the value; NULL where there is nothing in it. */
static const char *json_text(json_t *value, size_t size, struct arena *arena)
{
	char *text = size ? json_dumps(value, JSON_COMPACT) : NULL;
	const char *copy = arena_strdup(arena, text);

	free(text);
	json_decref(value);
	return copy;
}

static const char *array_text(json_t *array, struct arena *arena)
{
	return json_text(array, json_array_size(array), arena);
}

const char *draft_details(const struct feed_entry *entry, struct arena *arena)
{
	json_t *object = json_object();

	doc_json_add_details(object, entry);
	return json_text(object, json_object_size(object), arena);
}

/* Names, and the labels of those whose names are for machines: rules may ask for either. */
static const char *categories_of(const struct feed_entry *entry, struct arena *arena)
{
	json_t *array = json_array();

	for (size_t i = 0; i < entry->category_count; i++)
		json_array_append_new(array, json_string(entry->categories[i]));
	for (size_t i = 0; i < entry->category_detail_count; i++)
		if (entry->category_details[i].label)
			json_array_append_new(array, json_string(entry->category_details[i].label));
	return array_text(array, arena);
}

static const char *authors_of(const struct feed_entry *entry, struct arena *arena)
{
	struct buf names = {0};
	char *copy = NULL;

	for (size_t i = 0; i < entry->author_count; i++) {
		const char *name = entry->authors[i].name;

		if (str_is_empty(name))
			continue;
		if (names.len)
			buf_puts(&names, ", ");
		buf_puts(&names, name);
	}
	if (names.len)
		copy = arena_strdup(arena, names.data);
	buf_finish(&names);
	return copy;
}

/* An entry without a title is called by its first words. */
static const char *title_of(const struct feed_entry *entry, struct arena *arena)
{
	struct buf words = {0};
	const char *title = entry->title;

	if (str_is_empty(title)) {
		markup_to_excerpt(
			entry->content ? entry->content : entry->summary, TITLE_CHARACTERS, &words);
		title = arena_strdup(arena, buf_text(&words));
		buf_finish(&words);
	}
	return title;
}

static const char *site_of(const struct feed_entry *entry, struct arena *arena)
{
	struct buf site = {0};
	const char *copy = NULL;

	if (url_site(entry->url, &site))
		copy = arena_strdup(arena, buf_text(&site));
	buf_finish(&site);
	return copy;
}

/* What it is known by. Zeroes the rest. */
static void draft_begin(
	const struct feed_entry *entry, struct arena *arena, struct entry_draft *draft)
{
	const char *parts[] = {entry->title, entry->summary, entry->content};

	memset(draft, 0, sizeof(*draft));
	draft->canonical = canonical_identity(entry->url, arena);
	draft_hash(parts, ARRAY_LEN(parts), draft->hash);
}

void draft_complete(const struct feed_entry *entry, struct arena *arena, struct entry_draft *draft)
{
	struct item_row row = {
		.url = entry->url,
		.title = entry->title,
		.summary = entry->summary,
		.content = entry->content,
	};

	draft->title = title_of(entry, arena);
	draft->author = authors_of(entry, arena);
	draft->site = site_of(entry, arena);
	draft->categories = categories_of(entry, arena);
	draft->enclosures =
		array_text(doc_json_enclosures(entry->enclosures, entry->enclosure_count), arena);
	draft->details = draft_details(entry, arena);
	item_text_of_feed(&row, arena, &draft->text);
	draft->is_whole = true;
}

void draft_weave(const struct feed_entry *entry, struct arena *arena, struct entry_draft *draft)
{
	struct item_row row = {.summary = entry->summary, .content = entry->content};

	item_weave(&row, &draft->text, arena, &draft->woven);
	draft->is_woven = true;
}

const struct entry_draft *poll_drafts(const struct feed_doc *doc, bool are_new, struct arena *arena)
{
	struct entry_draft *drafts = arena_alloc(arena, (doc->entry_count + 1) * sizeof(*drafts));

	for (size_t i = 0; i < doc->entry_count; i++) {
		draft_begin(&doc->entries[i], arena, &drafts[i]);
		if (!are_new)
			continue;
		draft_complete(&doc->entries[i], arena, &drafts[i]);
		draft_weave(&doc->entries[i], arena, &drafts[i]);
	}
	return drafts;
}
