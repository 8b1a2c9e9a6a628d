#include "diurnad/verdict.h"

#include "core/mem.h"
#include "core/reason.h"
#include "core/str.h"

#include <string.h>

enum poll_outcome verdict_of_curl(CURLcode code)
{
	switch (code) {
	case CURLE_OK: return POLL_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY: return POLL_DNS_ERROR;
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
	case CURLE_INTERFACE_FAILED: return POLL_CONNECT_ERROR;
	case CURLE_OPERATION_TIMEDOUT: return POLL_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_ENGINE_SETFAILED:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_USE_SSL_FAILED: return POLL_TLS_ERROR;
	case CURLE_FILESIZE_EXCEEDED:
	/* libcurl's word for a header line over its own limit. */
	case CURLE_OUT_OF_MEMORY:
#if LIBCURL_VERSION_NUM >= 0x080600
	case CURLE_TOO_LARGE:
#endif
		return POLL_TOO_LARGE;
	case CURLE_URL_MALFORMAT: return POLL_REFUSED;
	default: return POLL_TRANSFER_ERROR;
	}
}

const char *verdict_curl_words(CURLcode code)
{
	switch (code) {
	case CURLE_BAD_CONTENT_ENCODING: return reason_text(REASON_NOT_UNPACKED);
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY: return reason_text(REASON_NO_HTTP);
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR: return reason_text(REASON_NO_WORD);
	default: return NULL;
	}
}

/* Behind "error:0A00010B:SSL routines:" and, with older versions, a function and a colon. */
static char *reason_of_openssl(char *text)
{
	char *error, *colon;
	size_t figures;

	for (error = strstr(text, "error:"); error; error = strstr(error + 6, "error:")) {
		figures = strspn(error + 6, "0123456789ABCDEFabcdef");
		if (figures < 6 || error[6 + figures] != ':')
			continue;
		colon = strrchr(error, ':');
		return colon[1] ? colon + 1 : NULL;
	}
	return NULL;
}

const char *verdict_plain(char *text)
{
	static const struct {
		const char *reason;
		enum reason words;
	} rows[] = {
		{"wrong version number", REASON_NO_TLS},
		{"packet length too long", REASON_NO_TLS},
		{"http request", REASON_NO_TLS},
		{"handshake failure", REASON_NO_CIPHER},
		{"protocol version", REASON_TLS_VERSION},
		{"unsupported protocol", REASON_TLS_VERSION},
		{"unrecognized name", REASON_NO_NAME},
		{"unexpected eof", REASON_HANDSHAKE},
		{"dh key too small", REASON_SHORT_KEY},
		{"certificate required", REASON_OUR_CERTIFICATE},
	};
	char *reason = reason_of_openssl(text);
	size_t i;

	for (i = 0; reason && i < ARRAY_LEN(rows); i++) {
		if (strstr(reason, rows[i].reason))
			return reason_text(rows[i].words);
	}
	return reason ? reason : text;
}

const char *verdict_status_words(int http_status)
{
	static const struct {
		int status;
		enum reason words;
	} rows[] = {
		{204, REASON_NOTHING_CAME},
		{206, REASON_PART_CAME},
		{401, REASON_LOGIN},
		{403, REASON_FORBIDDEN},
		{404, REASON_NOT_THERE},
		{407, REASON_PROXY_LOGIN},
		{451, REASON_LEGAL},
		{500, REASON_SERVER_FAILED},
		{502, REASON_SERVER_DOWN},
		{503, REASON_OVERLOADED},
		{504, REASON_SERVER_DOWN},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].status == http_status)
			return reason_text(rows[i].words);
	return NULL;
}

/* What only the challenge itself has, near its top. */
static const char *const challenge_marks[] = {
	"<title>Just a moment...</title>",
	"<title>Attention Required! | Cloudflare</title>",
	"window._cf_chl_opt",
	"/_Incapsula_Resource?SWUDNSAI",
	"geo.captcha-delivery.com/captcha",
	"<title>DDoS-Guard</title>",
	"sucuri_cloudproxy_js",
	"id=\"anubis_challenge\"",
	"<title>Making sure you're not a bot!</title>",
	"<title>Making sure you&#39;re not a bot!</title>",
	"_pxCaptcha",
	"px-captcha",
	"token.awswaf.com",
	"<title>Vercel Security Checkpoint</title>",
};

enum { CHALLENGE_BYTES = 64 * 1024 };

bool verdict_is_challenge(enum fetch_kind kind, int http_status, const struct headers *headers,
	const struct buf *body)
{
	const char *mitigated = headers->values[HEADER_CF_MITIGATED];
	const char *start = buf_text(body);
	size_t i;

	if (mitigated && str_ieq(mitigated, "challenge"))
		return true;
	if (http_status != 200 && http_status != 403 && http_status != 503)
		return false;
	if (kind == FETCH_ROBOTS || (http_status == 200 && body->len > CHALLENGE_BYTES))
		return false;
	while (str_is_space(*start))
		start++;
	/* Challenges are HTML; a feed that quotes one is not. */
	if (*start != '<' || str_istarts(start, "<?xml") || str_istarts(start, "<rss") ||
		str_istarts(start, "<feed") || str_istarts(start, "<rdf"))
		return false;
	for (i = 0; i < ARRAY_LEN(challenge_marks); i++)
		if (memmem(body->data, body->len, challenge_marks[i], strlen(challenge_marks[i])))
			return true;
	return false;
}

const char *verdict_unwanted_type(enum fetch_kind kind, const char *content_type)
{
	static const struct {
		const char *prefix, *why;
		bool also_for_feeds;
	} types[] = {
		{"application/pdf", "is a PDF", true},
		{"application/zip", "is an archive", true},
		{"application/gzip", "is an archive", false}, /* a feed may be sent like that */
		{"application/epub", "is a book", true},
		{"application/vnd.openxmlformats", "is an office document", true},
		{"application/msword", "is an office document", true},
		{"audio/", "is audio", true},
		{"font/", "is a font", true},
		{"image/svg", NULL, false},
		{"image/", "is an image", true},
		{"video/", "is a video", true},
	};
	size_t i;

	/* A picture is looked at itself. */
	if (!content_type || kind == FETCH_ROBOTS || kind == FETCH_IMAGE || kind == FETCH_HUB)
		return NULL;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (str_istarts(content_type, types[i].prefix))
			return kind == FETCH_PAGE || types[i].also_for_feeds ? types[i].why : NULL;
	return NULL;
}
