#include "parse/blocks_joint.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/tag.h"

#include <string.h>

enum { WORD_LETTERS = 3 }; /* on both sides, or it may be one name: "McDonald", "iPhone" */

/* What style sheets make boxes of. Bold, links and the like stand amid words. */
static bool is_label(const xmlNode *node)
{
	static const char *const names[] = {"label", "small", "span", "time"};
	size_t i;

	if (!node || node->type != XML_ELEMENT_NODE)
		return false;
	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp((const char *)node->name, names[i]) == 0)
			return true;
	}
	return false;
}

static const char *skip_space(const char *s)
{
	while (str_is_space(*s))
		s++;
	return s;
}

/* A space that running text does not have beside an element is not missing. */
static bool is_running(const xmlNode *node)
{
	return node && node->type == XML_TEXT_NODE && node->content &&
	       *skip_space((const char *)node->content);
}

/* The text at the end of an element, or at its beginning; NULL: something else stands there. */
static const char *edge_of(const xmlNode *node, bool is_end)
{
	enum tag tag;

	while (node && node->type == XML_ELEMENT_NODE) {
		tag = tag_of(node);
		if (tag != TAG_INLINE && tag != TAG_LINK)
			return NULL;
		node = is_end ? node->last : node->children;
	}
	return node && node->type == XML_TEXT_NODE ? (const char *)node->content : NULL;
}

static bool has_words(const char *text)
{
	for (text = skip_space(text); *text && !str_is_space(*text); text++)
		continue;
	return *skip_space(text) != '\0';
}

static bool ends_word(const char *text)
{
	const char *end = text + strlen(text), *at;

	while (end > text && strchr(".!?:;,)", end[-1]))
		end--;
	if (end == text || end[-1] < 'a' || end[-1] > 'z')
		return false;
	for (at = end; at > text && str_is_alpha(at[-1]); at--)
		continue;
	return end - at >= WORD_LETTERS;
}

static bool begins_word(const char *text)
{
	size_t len = 0;

	while (str_is_alpha(text[len]))
		len++;
	return text[0] <= 'Z' && (len >= WORD_LETTERS || (len > 0 && str_is_space(text[len])));
}

bool joint_parts_words(const xmlNode *node)
{
	const char *before, *behind;

	if (!is_label(node) || !is_label(node->prev) || is_running(node->prev->prev) ||
		is_running(node->next))
		return false;
	before = edge_of(node->prev, true);
	behind = edge_of(node, false);
	return before && behind && ends_word(before) && begins_word(behind) &&
	       (has_words(before) || has_words(behind));
}
