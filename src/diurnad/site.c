#include "diurnad/site.h"

#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/aside.h"
#include "diurnad/greader.h"
#include "diurnad/greader_stream.h"
#include "diurnad/push.h"
#include "edition/page.h"
#include "edition/render.h"
#include "store/query.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RESULTS = 100, LOGIN_BYTES = 4096, FORM_BYTES = 1024 * 1024 };

/* A page of ours: what is beside the main part, and the way back. */
static void open_page(const struct config *config, const char *title, struct buf *to)
{
	const struct words *words = words_find(config->language);
	const struct page page = {
		.words = words, .title = title, .skip_to = "results", .has_form = true};

	page_open(&page, to);
	buf_puts(to, "<header class=\"masthead\">\n<h1 dir=\"auto\">");
	buf_put_escaped(to, config->name);
	buf_puts(to, "</h1>\n<p class=\"dateline\"><span>");
	put_link("/", words_get(words, WORD_ALL_EDITIONS), "", to);
	buf_puts(to, "</span></p>\n</header>\n<main class=\"plain\" id=\"results\">\n");
}

static void close_page(struct web_request *request)
{
	buf_puts(&request->answer->body, "</main>\n");
	page_close(&request->answer->body);
	request->answer->status = 200;
	request->answer->type = "text/html; charset=utf-8";
}

static void put_form(const struct words *words, const char *query, struct buf *to)
{
	const char *search = words_get(words, WORD_SEARCH);

	buf_printf(to,
		"<form action=\"/search\" method=\"get\" role=\"search\"><p>"
		"<input type=\"search\" name=\"q\" size=\"40\" aria-label=\"%s\" value=\"",
		search);
	buf_put_escaped(to, query ? query : "");
	buf_printf(to, "\"> <button type=\"submit\">%s</button></p></form>\n", search);
}

struct results {
	struct buf *to;
	const struct words *words;
	const char *digest_dir;
	size_t count;
};

/* The name of an edition, and the way to it while its digests are there. */
static void put_edition(const struct results *results, const char *name)
{
	char *path = xasprintf("%s/%s/index.html", results->digest_dir, name);

	if (access(path, R_OK) == 0)
		put_link(path + strlen(results->digest_dir), name, "", results->to);
	else
		buf_put_escaped(results->to, name);
	free(path);
}

static bool on_result(void *context, const struct item_line *line)
{
	struct results *results = context;
	struct buf *to = results->to;

	if (results->count++ == 0)
		buf_puts(to, "<ul class=\"results\">\n");
	buf_puts(to, "<li>");
	put_link(line->url ? line->url : "",
		str_is_empty(line->title) ? words_get(results->words, WORD_UNTITLED) : line->title,
		" dir=\"auto\"", to);
	buf_puts(to, "<br><small>");
	buf_put_escaped(to, line->feed ? line->feed : "");
	if (line->section) {
		buf_puts(to, " \xC2\xB7 ");
		buf_put_escaped(to, line->section);
	}
	if (line->edition) {
		buf_puts(to, " \xC2\xB7 ");
		put_edition(results, line->edition);
	}
	buf_puts(to, "</small>");
	if (!str_is_empty(line->snippet)) {
		buf_puts(to, "<p dir=\"auto\">");
		buf_put_escaped(to, line->snippet);
		buf_puts(to, "</p>");
	}
	buf_puts(to, "</li>\n");
	return true;
}

static void give_search(const struct aside *aside)
{
	struct web_request *request = aside->request;
	const struct config *config = aside->config;
	const char *match = web_param(request, "q");
	struct buf *to = &request->answer->body;
	const struct words *words = words_find(config->language);
	struct results results = {.to = to, .words = words, .digest_dir = config->digest_dir};
	struct item_query query = {.match = match, .limit = RESULTS, .order = ITEM_ORDER_RELEVANCE};
	char *why = NULL;

	open_page(config, words_get(words, WORD_SEARCH), to);
	put_form(words, match, to);
	if (!str_is_empty(match)) {
		if (item_query_run(aside->store, &query, on_result, &results, &why) != STATUS_OK) {
			buf_puts(to, "<p role=\"alert\">");
			buf_put_escaped(to, why ? why : "The store cannot be read now.");
			buf_puts(to, "</p>\n");
		} else if (results.count == 0) {
			buf_printf(to, "<p>%s</p>\n", words_get(words, WORD_NO_MATCH));
		}
		buf_puts(to, results.count ? "</ul>\n" : "");
	}
	free(why);
	close_page(request);
}

/* All editions and how the feeds do, as it is now; the way to the search is added. */
static void give_front(const struct aside *aside)
{
	struct web_request *request = aside->request;
	const struct config *config = aside->config;
	static const char end[] = "</p>\n</header>";
	char *text = NULL, *place;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);
	enum status status = memory ? render_archive(memory, aside->store, config) : STATUS_IO;

	if (memory)
		fclose(memory);
	place = status == STATUS_OK && text ? strstr(text, end) : NULL;
	if (place) {
		buf_put(&request->answer->body, text, (size_t)(place - text));
		buf_printf(&request->answer->body, " <span><a href=\"/search\">%s</a></span>",
			words_get(words_find(config->language), WORD_SEARCH));
		buf_puts(&request->answer->body, place);
		request->answer->status = 200;
		request->answer->type = "text/html; charset=utf-8";
	} else {
		web_say(request, 503, "The store cannot be read now.\n");
	}
	free(text);
}

static const char *type_of(const char *path)
{
	static const struct {
		const char *ending, *type;
	} types[] = {
		{".html", "text/html; charset=utf-8"},
		{".md", "text/markdown; charset=utf-8"},
		{".txt", "text/plain; charset=utf-8"},
		{".json", "application/feed+json"},
		{".atom", "application/atom+xml"},
		{".epub", "application/epub+zip"},
		{".eml", "message/rfc822"},
		{".png", "image/png"},
		{".jpg", "image/jpeg"},
		{".webp", "image/webp"},
		{".gif", "image/gif"},
		{".avif", "image/avif"},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++) {
		if (str_ends(path, types[i].ending))
			return types[i].type;
	}
	return NULL;
}

/* A file of the digests; whatever the path says, none outside of their folder. */
static void give_file(const struct config *config, struct web_request *request)
{
	char *wanted = xasprintf("%s%s", config->digest_dir, request->path);
	char *root = realpath(config->digest_dir, NULL), *path = realpath(wanted, NULL);
	const char *type = path ? type_of(path) : NULL, *said = request->path;
	size_t len = root ? strlen(root) : 0;
	bool is_inside = path && root && strncmp(path, root, len) == 0 &&
			 (path[len] == '/' || path[len] == '\0');
	struct stat found;
	int fd;

	if (is_inside && type) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd >= 0 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode)) {
			request->answer->file = fd;
			request->answer->status = 200;
			request->answer->type = type;
		} else if (fd >= 0) {
			close(fd);
		}
	} else if (is_inside && stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
		while (said[1] == '/') /* "//latest" would be a host */
			said++;
		request->answer->status = 302;
		request->answer->location = arena_printf(
			&request->arena, "%s%sindex.html", said, str_ends(said, "/") ? "" : "/");
	}
	free(wanted);
	free(root);
	free(path);
}

/*
 * Basic authentication, for browsers; over a Unix socket its permissions are enough. A port may
 * have none too: systemd's, or one from before a reload.
 */
static bool is_let_in(const struct config *config, const struct web_request *request)
{
	char *password;
	bool is_in;

	if (!config->web.password_file)
		return request->is_by_path;
	password = web_password(config);
	is_in = password && *password && request->password &&
		strlen(request->password) == strlen(password) &&
		CRYPTO_memcmp(request->password, password, strlen(password)) == 0 &&
		(!config->web.user || str_eq(request->user, config->web.user));
	free(password);
	return is_in;
}

static void give_page(struct daemon *daemon, struct web_request *request)
{
	const struct config *config = daemon_config(daemon);

	if (!is_let_in(config, request)) {
		request->answer->asks_password = true;
		request->answer->is_guess = request->password != NULL;
		web_say(request, 401, "A password is needed.\n");
	} else if (request->is_post) {
		web_say(request, 405, "GET was meant.\n");
	} else if (str_eq(request->path, "/")) {
		aside_answer(daemon, request, give_front, NULL);
	} else if (str_eq(request->path, "/search")) {
		aside_answer(daemon, request, give_search, NULL);
	} else {
		give_file(config, request);
	}
}

/* Where readers look for the interface of FreshRSS. */
static const char api[] = "/reader/api/0/", atom[] = "/reader/atom/",
		  login[] = "/accounts/ClientLogin";

static const char *path_of(const struct web_request *request)
{
	static const char prefix[] = "/api/greader.php";

	return request->path + (str_starts(request->path, prefix) ? strlen(prefix) : 0);
}

static bool let_into_api(struct daemon *daemon, struct web_request *request)
{
	bool is_in = greader_is_let_in(daemon_config(daemon), request);

	if (!is_in) {
		request->answer->is_guess = request->authorization != NULL;
		web_say(request, 401, "Unauthorized\n");
	}
	return is_in;
}

size_t site_admit(void *context, struct web_request *request)
{
	struct daemon *daemon = context;
	const char *path = path_of(request);

	if (push_is_callback(request))
		return push_admit(context, request);
	if (str_eq(path, login))
		return LOGIN_BYTES;
	if (!str_starts(path, api) && !str_starts(path, atom)) {
		give_page(daemon, request); /* which takes no body, and says so */
		return 0;
	}
	return let_into_api(daemon, request) ? FORM_BYTES : 0;
}

void site_answer(void *context, struct web_request *request)
{
	struct daemon *daemon = context;
	const char *path = path_of(request);

	if (push_is_callback(request)) {
		push_answer(context, request);
	} else if (daemon->is_stopping) {
		/* The thread of the store may have ended: a change would never be answered. */
		web_say(request, 503, "The daemon stops.\n");
	} else if (str_eq(path, login)) {
		greader_login(daemon_config(daemon), request);
	} else if (str_starts(path, api) || str_starts(path, atom)) {
		if (let_into_api(daemon, request)) {
			if (str_starts(path, api))
				greader_answer(daemon, request, path + strlen(api));
			else
				greader_atom(daemon, request, path + strlen(atom));
		}
	} else {
		give_page(daemon, request);
	}
	log_debug("web: %s %d", log_visible(request->path), request->answer->status);
}
