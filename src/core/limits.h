/* Every bound on what comes from outside, in one place. Reaching one is an outcome: STATUS_LIMIT.
 */
#ifndef DIURNA_CORE_LIMITS_H
#define DIURNA_CORE_LIMITS_H

enum {
	/* network */
	LIMIT_FEED_BYTES = 50 * 1024 * 1024, /* a feed's body, decompressed */
	LIMIT_PAGE_BYTES = 20 * 1024 * 1024, /* a page's body, decompressed */
	LIMIT_ROBOTS_BYTES = 512 * 1024,     /* RFC 9309, 2.5: at least 500 KiB */
	LIMIT_HEADER_BYTES = 256 * 1024,     /* all header lines of one answer */
	LIMIT_HEADER_VALUE = 8 * 1024,       /* a header value that we keep */
	LIMIT_REDIRECTS = 8,                 /* hops of one fetch */
	LIMIT_URL_BYTES = 8 * 1024,          /* a URL that we keep */
	LIMIT_PUSH_BYTES = 8 * 1024 * 1024,  /* what a hub brings at once */
	LIMIT_HUB_BYTES = 64 * 1024,         /* a hub's answer to a request */

	/* feeds */
	LIMIT_FEED_ENTRIES = 10000,         /* entries kept of one document, the newest */
	LIMIT_FEED_WARNINGS = 50,           /* warnings kept of one document */
	LIMIT_XML_DEPTH = 512,              /* nested elements that are looked at */
	LIMIT_XML_ATTRIBUTES = 4096,        /* attributes of one element before it is cut */
	LIMIT_XML_NODES = 200000,           /* nodes of one entry before the rest is passed over */
	LIMIT_XML_PREFIXES = 512,           /* namespace prefixes declared at one time */
	LIMIT_XML_ENTITIES = 256,           /* entities of a DTD that are kept */
	LIMIT_XML_ENTITY_BYTES = 1024,      /* text of one such entity */
	LIMIT_XML_EXPANSION = 256 * 1024,   /* bytes that they all may become in one document */
	LIMIT_TITLE_BYTES = 128 * 1024,     /* a title or description as a feed has it */
	LIMIT_NAME_BYTES = 4 * 1024,        /* a name, a category; a title in the store */
	LIMIT_GUID_BYTES = 4 * 1024,        /* longer ones are kept as their hash by the store */
	LIMIT_HTML_BYTES = 4 * 1024 * 1024, /* HTML of one entry or article */
	LIMIT_ITEM_IMAGES = 30,             /* pictures of one article that are stored */
	LIMIT_IMAGE_PIXELS = 50 * 1000 * 1000,    /* of one: 200 MB where it is shown */
	LIMIT_RULE_BYTES = 64 * 1024,             /* a site's rule file */
	LIMIT_SUBSCRIPTIONS = 1000000,            /* feeds of one OPML list, the first */
	LIMIT_FEED_DAY_BYTES = 256 * 1024 * 1024, /* that one feed adds to the store in a day */
	LIMIT_FEED_PAGES = 10000, /* pages of one feed that wait before it is asked again */
	LIMIT_LIST = 200,         /* authors, categories, enclosures of one entry */

	/* parser processes */
	LIMIT_JOB_BYTES = 64 * 1024 * 1024,      /* one job, everything in it */
	LIMIT_ANSWER_BYTES = 128 * 1024 * 1024,  /* one answer */
	LIMIT_PARSER_MEMORY = 480 * 1024 * 1024, /* address space beyond what it starts with */
	LIMIT_PARSER_DEADLINE_MS = 5000,         /* one job */
	LIMIT_PARSER_DEADLINE_MB_MS = 300,       /* more for every MB of it: slow machines */

	/* store */
	LIMIT_QUEUE_BYTES = 10 * 1024 * 1024, /* messages waiting for the store thread */

	/* waiting */
	LIMIT_MAX_AGE_S = 7 * 24 * 3600,      /* what a max-age can hold us off */
	LIMIT_RETRY_AFTER_S = 30 * 24 * 3600, /* what a Retry-After can hold us off */
};

#endif
