#include "parse/clean_policy.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	NAME_BYTES = 16,
	DATA_IMAGE_BYTES = 32 * 1024, /* icons and placeholders; a photograph is larger */
};

#define BLOCK  (CLEAN_KEEP | CLEAN_SPECIAL | CLEAN_CLOSES_P | CLEAN_BREAKS)
#define INLINE CLEAN_KEEP
#define FORMAT (CLEAN_KEEP | CLEAN_FORMAT)
#define VOID   (CLEAN_KEEP | CLEAN_VOID | CLEAN_SPECIAL)
#define CELLS  (CLEAN_KEEP | CLEAN_SPECIAL | CLEAN_BREAKS)
#define DROP   CLEAN_DROP
#define RAW    (CLEAN_DROP | CLEAN_RAW)

/* Sorted by name. Of what is not here the tags go and the inside stays. */
static const struct clean_element elements[] = {
	{"a", FORMAT, CLEAN_A},
	{"abbr", INLINE, CLEAN_PLAIN},
	{"acronym", INLINE, CLEAN_PLAIN},
	{"address", BLOCK, CLEAN_DIV},
	{"annotation", 0, CLEAN_PLAIN},
	{"applet", 0, CLEAN_PLAIN},
	{"area", 0, CLEAN_PLAIN},
	{"article", BLOCK, CLEAN_PLAIN},
	{"aside", BLOCK, CLEAN_PLAIN},
	{"audio", INLINE, CLEAN_MEDIA},
	{"b", FORMAT, CLEAN_PLAIN},
	{"base", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"basefont", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"bdi", INLINE, CLEAN_PLAIN},
	{"bdo", INLINE, CLEAN_PLAIN},
	{"bgsound", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"big", FORMAT, CLEAN_PLAIN},
	{"blink", 0, CLEAN_PLAIN},
	{"blockquote", BLOCK, CLEAN_PLAIN},
	{"body", CLEAN_BREAKS, CLEAN_PLAIN},
	{"br", VOID | CLEAN_BREAKS, CLEAN_PLAIN},
	{"button", 0, CLEAN_PLAIN},
	{"canvas", 0, CLEAN_PLAIN},
	{"caption", CELLS, CLEAN_CAPTION},
	{"center", BLOCK, CLEAN_PLAIN},
	{"cite", INLINE, CLEAN_PLAIN},
	{"code", FORMAT, CLEAN_PLAIN},
	{"col", VOID, CLEAN_COL},
	{"colgroup", CELLS, CLEAN_COLGROUP},
	{"content", 0, CLEAN_PLAIN},
	{"data", INLINE, CLEAN_PLAIN},
	{"datalist", 0, CLEAN_PLAIN},
	{"dd", BLOCK | CLEAN_IMPLIED_END, CLEAN_DD},
	{"del", INLINE, CLEAN_PLAIN},
	{"details", BLOCK, CLEAN_PLAIN},
	{"dfn", INLINE, CLEAN_PLAIN},
	{"dialog", CLEAN_BREAKS, CLEAN_PLAIN},
	{"dir", BLOCK, CLEAN_PLAIN},
	{"div", BLOCK, CLEAN_DIV},
	{"dl", BLOCK, CLEAN_PLAIN},
	{"dt", BLOCK | CLEAN_IMPLIED_END, CLEAN_DD},
	{"em", FORMAT, CLEAN_PLAIN},
	{"embed", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"fieldset", CLEAN_BREAKS, CLEAN_PLAIN},
	{"figcaption", BLOCK, CLEAN_PLAIN},
	{"figure", BLOCK, CLEAN_PLAIN},
	{"font", 0, CLEAN_PLAIN},
	{"footer", BLOCK, CLEAN_PLAIN},
	{"form", CLEAN_BREAKS, CLEAN_PLAIN},
	{"frame", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"frameset", 0, CLEAN_PLAIN},
	{"h1", BLOCK, CLEAN_HEADING},
	{"h2", BLOCK, CLEAN_HEADING},
	{"h3", BLOCK, CLEAN_HEADING},
	{"h4", BLOCK, CLEAN_HEADING},
	{"h5", BLOCK, CLEAN_HEADING},
	{"h6", BLOCK, CLEAN_HEADING},
	{"head", CLEAN_BREAKS, CLEAN_PLAIN},
	{"header", BLOCK, CLEAN_PLAIN},
	{"hgroup", BLOCK, CLEAN_PLAIN},
	{"hr", BLOCK | CLEAN_VOID, CLEAN_PLAIN},
	{"html", CLEAN_BREAKS, CLEAN_PLAIN},
	{"i", FORMAT, CLEAN_PLAIN},
	{"iframe", 0, CLEAN_PLAIN},
	{"ilayer", 0, CLEAN_PLAIN},
	{"image", 0, CLEAN_PLAIN},
	{"img", VOID, CLEAN_IMG},
	{"input", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"ins", INLINE, CLEAN_PLAIN},
	{"isindex", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"kbd", INLINE, CLEAN_PLAIN},
	{"keygen", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"label", 0, CLEAN_PLAIN},
	{"layer", 0, CLEAN_PLAIN},
	{"legend", CLEAN_BREAKS, CLEAN_PLAIN},
	{"li", BLOCK | CLEAN_IMPLIED_END, CLEAN_LI},
	{"link", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"listing", CLEAN_BREAKS, CLEAN_PLAIN},
	{"main", BLOCK, CLEAN_PLAIN},
	{"map", 0, CLEAN_PLAIN},
	{"mark", INLINE, CLEAN_PLAIN},
	{"marquee", CLEAN_BREAKS, CLEAN_PLAIN},
	{"math", 0, CLEAN_PLAIN},
	{"menu", BLOCK, CLEAN_PLAIN},
	{"meta", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"meter", 0, CLEAN_PLAIN},
	{"mfrac", 0, CLEAN_PLAIN},
	{"mi", 0, CLEAN_PLAIN},
	{"mn", 0, CLEAN_PLAIN},
	{"mo", 0, CLEAN_PLAIN},
	{"mrow", 0, CLEAN_PLAIN},
	{"msqrt", 0, CLEAN_PLAIN},
	{"msub", 0, CLEAN_PLAIN},
	{"msup", 0, CLEAN_PLAIN},
	{"mtable", 0, CLEAN_PLAIN},
	{"mtd", 0, CLEAN_PLAIN},
	{"mtext", 0, CLEAN_PLAIN},
	{"mtr", 0, CLEAN_PLAIN},
	{"multicol", 0, CLEAN_PLAIN},
	{"nav", BLOCK, CLEAN_PLAIN},
	{"nextid", 0, CLEAN_PLAIN},
	{"nobr", 0, CLEAN_PLAIN},
	{"noembed", 0, CLEAN_PLAIN},
	{"noframes", 0, CLEAN_PLAIN},
	{"noscript", 0, CLEAN_PLAIN},
	{"object", 0, CLEAN_PLAIN},
	{"ol", BLOCK, CLEAN_PLAIN},
	{"optgroup", CLEAN_BREAKS, CLEAN_PLAIN},
	{"option", CLEAN_BREAKS, CLEAN_PLAIN},
	{"output", 0, CLEAN_PLAIN},
	{"p", BLOCK | CLEAN_IMPLIED_END, CLEAN_P},
	{"param", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"picture", INLINE, CLEAN_PLAIN},
	{"plaintext", 0, CLEAN_PLAIN},
	{"portal", 0, CLEAN_PLAIN},
	{"pre", BLOCK, CLEAN_PRE},
	{"progress", 0, CLEAN_PLAIN},
	{"q", INLINE, CLEAN_PLAIN},
	{"rb", 0, CLEAN_PLAIN},
	{"rbc", 0, CLEAN_PLAIN},
	{"rp", INLINE | CLEAN_IMPLIED_END, CLEAN_RT},
	{"rt", INLINE | CLEAN_IMPLIED_END, CLEAN_RT},
	{"rtc", 0, CLEAN_PLAIN},
	{"ruby", INLINE, CLEAN_RUBY},
	{"s", FORMAT, CLEAN_PLAIN},
	{"samp", INLINE, CLEAN_PLAIN},
	{"script", RAW, CLEAN_PLAIN},
	{"search", CLEAN_BREAKS, CLEAN_PLAIN},
	{"section", BLOCK, CLEAN_PLAIN},
	{"select", CLEAN_BREAKS, CLEAN_PLAIN},
	{"semantics", 0, CLEAN_PLAIN},
	{"shadow", 0, CLEAN_PLAIN},
	{"slot", 0, CLEAN_PLAIN},
	{"small", FORMAT, CLEAN_PLAIN},
	{"source", VOID, CLEAN_SOURCE},
	{"spacer", 0, CLEAN_PLAIN},
	{"span", INLINE, CLEAN_PLAIN},
	{"strike", FORMAT, CLEAN_PLAIN},
	{"strong", FORMAT, CLEAN_PLAIN},
	{"style", RAW, CLEAN_PLAIN},
	{"sub", INLINE, CLEAN_PLAIN},
	{"summary", BLOCK, CLEAN_PLAIN},
	{"sup", INLINE, CLEAN_PLAIN},
	{"svg", DROP, CLEAN_PLAIN},
	{"table", BLOCK, CLEAN_TABLE},
	{"tbody", CELLS, CLEAN_SECTION},
	{"td", CELLS, CLEAN_CELL},
	{"template", DROP, CLEAN_PLAIN},
	{"textarea", CLEAN_BREAKS, CLEAN_PLAIN},
	{"tfoot", CELLS, CLEAN_SECTION},
	{"th", CELLS, CLEAN_CELL},
	{"thead", CELLS, CLEAN_SECTION},
	{"time", INLINE, CLEAN_PLAIN},
	{"title", RAW, CLEAN_PLAIN},
	{"tr", CELLS, CLEAN_TR},
	{"track", DROP | CLEAN_VOID, CLEAN_PLAIN},
	{"tt", FORMAT, CLEAN_PLAIN},
	{"u", FORMAT, CLEAN_PLAIN},
	{"ul", BLOCK, CLEAN_PLAIN},
	{"var", INLINE, CLEAN_PLAIN},
	{"video", INLINE, CLEAN_MEDIA},
	{"wbr", VOID, CLEAN_PLAIN},
	{"xmp", CLEAN_BREAKS, CLEAN_PLAIN},
};

static const struct clean_attribute attributes[] = {
	{NULL, "title", CLEAN_TEXT},
	{NULL, "lang", CLEAN_WORD},
	{NULL, "dir", CLEAN_WORD},
	{"a", "href", CLEAN_LINK},
	{"a", "hreflang", CLEAN_WORD},
	{"audio", "src", CLEAN_SRC},
	{"blockquote", "cite", CLEAN_LINK},
	{"col", "span", CLEAN_NUMBER},
	{"colgroup", "span", CLEAN_NUMBER},
	{"data", "value", CLEAN_TEXT},
	{"del", "cite", CLEAN_LINK},
	{"del", "datetime", CLEAN_TEXT},
	{"details", "open", CLEAN_FLAG},
	{"img", "alt", CLEAN_TEXT},
	{"img", "src", CLEAN_SRC},
	{"img", "srcset", CLEAN_SRCSET},
	{"img", "sizes", CLEAN_TEXT},
	{"img", "width", CLEAN_NUMBER},
	{"img", "height", CLEAN_NUMBER},
	{"ins", "cite", CLEAN_LINK},
	{"ins", "datetime", CLEAN_TEXT},
	{"li", "value", CLEAN_NUMBER},
	{"ol", "reversed", CLEAN_FLAG},
	{"ol", "start", CLEAN_NUMBER},
	{"ol", "type", CLEAN_WORD},
	{"q", "cite", CLEAN_LINK},
	{"source", "media", CLEAN_TEXT},
	{"source", "sizes", CLEAN_TEXT},
	{"source", "src", CLEAN_SRC},
	{"source", "srcset", CLEAN_SRCSET},
	{"source", "type", CLEAN_TEXT},
	{"td", "align", CLEAN_WORD},
	{"td", "colspan", CLEAN_NUMBER},
	{"td", "rowspan", CLEAN_NUMBER},
	{"th", "align", CLEAN_WORD},
	{"th", "colspan", CLEAN_NUMBER},
	{"th", "rowspan", CLEAN_NUMBER},
	{"th", "scope", CLEAN_WORD},
	{"time", "datetime", CLEAN_TEXT},
	{"video", "height", CLEAN_NUMBER},
	{"video", "poster", CLEAN_SRC},
	{"video", "src", CLEAN_SRC},
	{"video", "width", CLEAN_NUMBER},
};

static int compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct clean_element *)row)->name);
}

const struct clean_element *clean_element(const char *name, size_t len)
{
	char key[NAME_BYTES];
	size_t i;

	if (len == 0 || len >= sizeof(key))
		return NULL;
	for (i = 0; i < len; i++)
		key[i] = str_lower_char(name[i]);
	key[len] = '\0';
	return bsearch(key, elements, ARRAY_LEN(elements), sizeof(elements[0]), compare);
}

const struct clean_attribute *clean_attribute(
	const struct clean_element *element, const char *name, size_t len)
{
	char first = len > 0 ? str_lower_char(*name) : '\0';
	size_t i;

	for (i = 0; i < ARRAY_LEN(attributes); i++) {
		const struct clean_attribute *row = &attributes[i];

		if (row->name[0] != first || strncasecmp(row->name, name, len) != 0 ||
			row->name[len] != '\0')
			continue;
		if (!row->element || strcmp(row->element, element->name) == 0)
			return row;
	}
	return NULL;
}

bool clean_may_link(const char *url)
{
	static const char *const schemes[] = {"mailto", "ftp", "ftps", "sftp", "tel", "sms", "geo",
		"news", "nntp", "irc", "ircs", "xmpp", "sip", "sips", "matrix", "magnet", "gopher",
		"gemini", "feed", "webcal", "bitcoin", "aim", "callto", "ed2k", "telnet", "urn",
		"doi", "info", "wais", "svn", "git", "ssh", "rtsp", "mms"};
	size_t i;

	if (url_is_active(url))
		return false;
	if (!url_is_absolute(url))
		return true;
	if (url_has_scheme(url, "http") || url_has_scheme(url, "https"))
		return url_is_web(url);
	for (i = 0; i < ARRAY_LEN(schemes); i++) {
		if (url_has_scheme(url, schemes[i]))
			return true;
	}
	return false;
}

bool clean_may_load(const char *url)
{
	if (url_is_active(url))
		return false;
	return !url_is_absolute(url) || url_has_scheme(url, "http") ||
	       url_has_scheme(url, "https") || url_has_scheme(url, "ftp");
}

bool clean_is_small_image(const char *url)
{
	static const char *const starts[] = {"data:image/png;base64,", "data:image/gif;base64,",
		"data:image/jpeg;base64,", "data:image/jpg;base64,", "data:image/webp;base64,"};
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(starts); i++) {
		if (!str_istarts(url, starts[i]))
			continue;
		url += strlen(starts[i]);
		n = strspn(url,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=%-_");
		return n <= DATA_IMAGE_BYTES && url[n] == '\0';
	}
	return false;
}
