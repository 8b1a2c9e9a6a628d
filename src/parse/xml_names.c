#include "parse/xml_names.h"

#include "core/mem.h"
#include "core/str.h"

#include <string.h>
#include <strings.h>

/*
 * Lower case, without scheme, "www." and what follows the last '/' or '#' of nothing: the ways in
 * which publishers get them wrong.
 */
static const struct {
	const char *uri;
	enum xml_ns ns;
} uris[] = {
	{"w3.org/2005/atom", XML_NS_ATOM},
	{"purl.org/atom/ns", XML_NS_ATOM},
	{"purl.org/atom/ns#draft-ietf-atompub-format", XML_NS_ATOM},
	{"w3.org/atom", XML_NS_ATOM},
	{"purl.org/atom", XML_NS_ATOM},
	{"purl.org/atom/1.0", XML_NS_ATOM},
	{"example.com/newformat", XML_NS_ATOM},
	{"example.com/necho", XML_NS_ATOM},
	{"purl.org/echo", XML_NS_ATOM},
	{"uri/of/echo/namespace", XML_NS_ATOM},
	{"purl.org/pie", XML_NS_ATOM},
	{"w3.org/1999/02/22-rdf-syntax-ns", XML_NS_RDF},
	{"w3.org/1999/xhtml", XML_NS_XHTML},
	{"w3.org/tr/rec-html40", XML_NS_XHTML},
	{"w3.org/xhtml", XML_NS_XHTML},
	{"w3.org/xml/1998/namespace", XML_NS_XML},
	{"purl.org/dc/elements/1.1", XML_NS_DC},
	{"purl.org/dc/elements/1.0", XML_NS_DC},
	{"purl.org/metadata/dublin_core", XML_NS_DC},
	{"dublincore.org/documents/dcmi-namespace", XML_NS_DC},
	{"purl.org/dc", XML_NS_DC},
	{"purl.org/dc/terms", XML_NS_DCTERMS},
	{"purl.org/rss/1.0/modules/dcterms", XML_NS_DCTERMS},
	{"purl.org/rss/1.0/modules/content", XML_NS_CONTENT},
	{"purl.org/rss/modules/content", XML_NS_CONTENT},
	{"search.yahoo.com/mrss", XML_NS_MEDIA},
	{"search.yahoo.com/rss", XML_NS_MEDIA},
	{"search.yahoo.com/mrss/1.0", XML_NS_MEDIA},
	{"tools.search.yahoo.com/mrss", XML_NS_MEDIA},
	{"video.search.yahoo.com/mrss", XML_NS_MEDIA},
	{"rssboard.org/media-rss", XML_NS_MEDIA},
	{"api.maps.yahoo.com/mrss", XML_NS_MEDIA},
	{"itunes.com/dtds/podcast-1.0.dtd", XML_NS_ITUNES},
	{"itunes.com/dtds/podcast-1.0", XML_NS_ITUNES},
	{"example.com/dtds/podcast-1.0.dtd", XML_NS_ITUNES},
	{"itunes.apple.com/dtds/podcast-1.0.dtd", XML_NS_ITUNES},
	{"google.com/schemas/play-podcasts/1.0", XML_NS_GOOGLEPLAY},
	{"google.com/schemas/play-podcasts/1.0/play-podcasts.xsd", XML_NS_GOOGLEPLAY},
	{"podcastindex.org/namespace/1.0", XML_NS_PODCAST},
	{"github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md", XML_NS_PODCAST},
	{"purl.org/syndication/thread/1.0", XML_NS_THR},
	{"purl.org/rss/1.0/modules/slash", XML_NS_SLASH},
	{"purl.org/rss/1.0/modules/syndication", XML_NS_SY},
	{"wellformedweb.org/commentapi", XML_NS_WFW},
	{"rssnamespace.org/feedburner/ext/1.0", XML_NS_FEEDBURNER},
	{"backend.userland.com/creativecommonsrssmodule", XML_NS_CC},
	{"creativecommons.org/ns", XML_NS_CC},
	{"web.resource.org/cc", XML_NS_CC},
	{"cyber.law.harvard.edu/rss/creativecommonsrssmodule.html", XML_NS_CC},
	{"purl.org/syndication/history/1.0", XML_NS_HISTORY},
	{"georss.org/georss", XML_NS_GEO},
	{"w3.org/2003/01/geo/wgs84_pos", XML_NS_GEO},
	{"purl.org/rss/1.0", XML_NS_NONE},
	{"my.netscape.com/rdf/simple/0.9", XML_NS_NONE},
	{"channel.netscape.com/rdf/simple/0.9", XML_NS_NONE},
	{"my.netscape.com/publish/formats/rss-0.91.dtd", XML_NS_NONE},
	{"purl.org/net/rss1.1", XML_NS_NONE},
	{"rssboard.org/rss-specification", XML_NS_NONE},
	{"cyber.law.harvard.edu/rss/rss.html", XML_NS_NONE},
	{"cyber.law.harvard.edu/rss", XML_NS_NONE},
	{"blogs.law.harvard.edu/tech/rss", XML_NS_NONE},
	{"purl.org/rss/2.0", XML_NS_NONE},
	{"w3.org/tr/wd-cdf", XML_NS_NONE},
};

/* Anything that begins so is RSS itself: backend.userland.com/rss2, .../rss091, .../RSS2 */
static const char *const rss_starts[] = {
	"backend.userland.com/rss", "purl.org/rss/1.0/", "my.netscape.com/rdf/"};

static const struct {
	const char *prefix;
	enum xml_ns ns;
} prefixes[] = {
	{"xml", XML_NS_XML},
	{"atom", XML_NS_ATOM},
	{"atom10", XML_NS_ATOM},
	{"a10", XML_NS_ATOM},
	{"atom03", XML_NS_ATOM},
	{"rdf", XML_NS_RDF},
	{"rss", XML_NS_NONE},
	{"xhtml", XML_NS_XHTML},
	{"html", XML_NS_XHTML},
	{"dc", XML_NS_DC},
	{"dcterms", XML_NS_DCTERMS},
	{"dct", XML_NS_DCTERMS},
	{"content", XML_NS_CONTENT},
	{"media", XML_NS_MEDIA},
	{"itunes", XML_NS_ITUNES},
	{"googleplay", XML_NS_GOOGLEPLAY},
	{"podcast", XML_NS_PODCAST},
	{"thr", XML_NS_THR},
	{"slash", XML_NS_SLASH},
	{"sy", XML_NS_SY},
	{"wfw", XML_NS_WFW},
	{"feedburner", XML_NS_FEEDBURNER},
	{"creativecommons", XML_NS_CC},
	{"cc", XML_NS_CC},
	{"fh", XML_NS_HISTORY},
	{"georss", XML_NS_GEO},
	{"geo", XML_NS_GEO},
};

static bool starts_with(const char *text, size_t len, const char *start)
{
	size_t n = strlen(start);

	return len >= n && strncasecmp(text, start, n) == 0;
}

static void drop_start(const char **text, size_t *len, const char *start)
{
	size_t n = strlen(start);

	if (starts_with(*text, *len, start)) {
		*text += n;
		*len -= n;
	}
}

enum xml_ns xml_ns_of_uri(const char *uri, size_t len)
{
	size_t i;

	while (len > 0 && str_is_space(*uri)) {
		uri++;
		len--;
	}
	drop_start(&uri, &len, "http:");
	drop_start(&uri, &len, "https:");
	drop_start(&uri, &len, "//");
	drop_start(&uri, &len, "www.");
	while (len > 0 &&
		(str_is_space(uri[len - 1]) || uri[len - 1] == '/' || uri[len - 1] == '#'))
		len--;
	if (len == 0)
		return XML_NS_NONE;
	for (i = 0; i < ARRAY_LEN(uris); i++) {
		if (strncasecmp(uri, uris[i].uri, len) == 0 && uris[i].uri[len] == '\0')
			return uris[i].ns;
	}
	for (i = 0; i < ARRAY_LEN(rss_starts); i++) {
		if (starts_with(uri, len, rss_starts[i]) && !memmem(uri, len, "modules", 7))
			return XML_NS_NONE;
	}
	return XML_NS_OTHER;
}

enum xml_ns xml_ns_of_prefix(const char *prefix, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(prefixes); i++) {
		if (strncasecmp(prefix, prefixes[i].prefix, len) == 0 &&
			prefixes[i].prefix[len] == '\0')
			return prefixes[i].ns;
	}
	return XML_NS_OTHER;
}
