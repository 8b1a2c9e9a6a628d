/* The namespaces of feeds. */
#ifndef DIURNA_PARSE_XML_NAMES_H
#define DIURNA_PARSE_XML_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum xml_ns {
	XML_NS_NONE, /* none, or one of RSS's own */
	XML_NS_XML,
	XML_NS_ATOM, /* 1.0 and 0.3 */
	XML_NS_RDF,
	XML_NS_XHTML,
	XML_NS_DC,
	XML_NS_DCTERMS,
	XML_NS_CONTENT,
	XML_NS_MEDIA,
	XML_NS_ITUNES,
	XML_NS_GOOGLEPLAY,
	XML_NS_PODCAST,
	XML_NS_THR,
	XML_NS_SLASH,
	XML_NS_SY,
	XML_NS_WFW,
	XML_NS_FEEDBURNER,
	XML_NS_CC,
	XML_NS_HISTORY, /* RFC 5005 */
	XML_NS_GEO,
	XML_NS_OTHER, /* any that we do not know */
};

/* What a namespace's URI means; common wrong spellings of the known ones count. */
enum xml_ns xml_ns_of_uri(const char *uri, size_t len);
/* What a prefix means that nobody declared. */
enum xml_ns xml_ns_of_prefix(const char *prefix, size_t len);

#endif
