#include "cli/json.h"

#include <stdio.h>

void json_print_line(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(4));
	putchar('\n');
	json_decref(object);
}

static void add_strings(json_t *object, const char *name, const char *const *strings, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < count; i++)
		json_array_append_new(list, json_string(strings[i]));
	json_add_list(object, name, list);
}

static json_t *json_of_entry(const struct feed_entry *entry)
{
	json_t *object = json_object();

	json_add_str(object, "id", entry->id);
	json_add_str(object, "url", entry->url);
	json_add_str(object, "title", entry->title);
	json_add_str(object, "summary", entry->summary);
	json_add_str(object, "content", entry->content);
	json_add_time(object, "published", entry->published);
	json_add_time(object, "updated", entry->updated);
	json_add_list(object, "authors", doc_json_authors(entry->authors, entry->author_count));
	add_strings(object, "categories", entry->categories, entry->category_count);
	json_add_list(object, "enclosures",
		doc_json_enclosures(entry->enclosures, entry->enclosure_count));
	json_add_str(object, "comments", entry->comments);
	json_add_str(object, "image", entry->image);
	json_add_str(object, "language", entry->language);
	doc_json_add_details(object, entry);
	return object;
}

static void add_skips(json_t *object, const struct feed_doc *doc)
{
	static const char *const days[] = {
		"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
	json_t *hours = json_array(), *names = json_array();
	int i;

	for (i = 0; i < 24; i++) {
		if (doc->skip_hours & (1u << i))
			json_array_append_new(hours, json_integer(i));
	}
	for (i = 0; i < 7; i++) {
		if (doc->skip_days & (1u << i))
			json_array_append_new(names, json_string(days[i]));
	}
	json_add_list(object, "skip_hours", hours);
	json_add_list(object, "skip_days", names);
}

json_t *json_of_feed(const struct feed_doc *doc)
{
	json_t *object = json_object(), *items = json_array();
	size_t i;

	json_add_str(object, "format", doc->format);
	json_add_str(object, "id", doc->id);
	json_add_str(object, "title", doc->title);
	json_add_str(object, "url", doc->url);
	json_add_str(object, "self", doc->self);
	json_add_str(object, "description", doc->description);
	json_add_str(object, "language", doc->language);
	json_add_time(object, "updated", doc->updated);
	json_add_str(object, "image", doc->image);
	json_add_str(object, "icon", doc->icon);
	json_add_str(object, "hub", doc->hub);
	json_add_str(object, "next", doc->next);
	json_add_str(object, "prev_archive", doc->prev_archive);
	json_add_str(object, "current", doc->current);
	json_add_str(object, "new_url", doc->new_url);
	json_add_flag(object, "complete", doc->is_complete);
	json_add_flag(object, "archive", doc->is_archive);
	json_add_flag(object, "finished", doc->is_finished);
	json_add_int(object, "ttl", doc->ttl_min);
	json_add_int(object, "update_period", doc->update_period_s);
	json_add_time(object, "update_base", doc->update_base);
	add_skips(object, doc);
	json_add_list(object, "authors", doc_json_authors(doc->authors, doc->author_count));
	add_strings(object, "categories", doc->categories, doc->category_count);
	json_add_list(object, "category_details",
		doc_json_categories(doc->category_details, doc->category_detail_count));
	json_add_list(object, "credits", doc_json_credits(doc->credits, doc->credit_count));
	json_add_str(object, "rights", doc->rights);
	json_add_str(object, "license", doc->license);
	json_add_str(object, "generator", doc->generator);
	json_add_str(object, "funding", doc->funding);
	for (i = 0; i < doc->entry_count; i++)
		json_array_append_new(items, json_of_entry(&doc->entries[i]));
	json_object_set_new(object, "items", items);
	add_strings(object, "warnings", doc->warnings, doc->warning_count);
	json_add_str(object, "encoding", doc->encoding);
	return object;
}

json_t *json_of_article(const struct article *article)
{
	json_t *object = json_object();

	json_add_str(object, "url", article->url);
	json_add_str(object, "title", article->title);
	json_add_str(object, "byline", article->byline);
	if (article->published_text)
		json_add_str(object, "published", article->published_text);
	else
		json_add_time(object, "published", article->published);
	if (article->modified_text)
		json_add_str(object, "modified", article->modified_text);
	else
		json_add_time(object, "modified", article->modified);
	json_add_str(object, "site", article->site);
	json_add_str(object, "section", article->section);
	json_add_str(object, "language", article->language);
	json_add_str(object, "image", article->image);
	json_add_str(object, "excerpt", article->excerpt);
	json_add_str(object, "text", article->text);
	json_add_str(object, "html", article->html);
	json_add_str(object, "next", article->next_url);
	json_add_str(object, "whole", article->whole_url);
	add_strings(object, "categories", article->categories, article->category_count);
	json_object_set_new(object, "quality", json_real(article->quality));
	json_add_str(object, "source", article_source_name(article->source));
	if (article->is_truncated)
		json_object_set_new(object, "truncated", json_true());
	json_add_str(object, "reason", article->reason);
	return object;
}
