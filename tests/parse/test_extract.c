#include "core/buf.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/blocks.h"
#include "parse/extract.h"
#include "parse/extract_steps.h"
#include "parse/html_heap.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *page_path(const char *name)
{
	const char *folder = getenv("DIURNA_TEST_DIR");

	return xasprintf("%s/parse/pages/%s", folder ? folder : "tests", name);
}

static bool read_page(const char *name, struct buf *to)
{
	char *path = page_path(name);
	FILE *file = fopen(path, "rb");
	size_t n;

	free(path);
	buf_clear(to);
	if (!file)
		return false;
	while ((n = fread(buf_reserve(to, 65536), 1, 65536, file)) > 0)
		buf_added(to, n);
	fclose(file);
	return true;
}

static struct job job_of(const struct buf *body)
{
	return (struct job){.kind = JOB_PAGE,
		.body = buf_text(body),
		.body_len = body->len,
		.entry_published = DATE_NONE};
}

static void put_field(struct buf *to, const char *name, const char *value)
{
	if (value)
		buf_printf(to, "%s: %s\n", name, value);
}

/* An article in the form of the .want files. */
static void put_article(const struct article *article, struct buf *to)
{
	put_field(to, "title", article->title);
	put_field(to, "byline", article->byline);
	put_field(to, "published", article->published_text);
	put_field(to, "site", article->site);
	put_field(to, "section", article->section);
	put_field(to, "language", article->language);
	put_field(to, "source", article_source_name(article->source));
	put_field(to, "reason", article->reason);
	buf_printf(to, "\n%s\n", article->text ? article->text : "");
}

/* A page named rule-SITE.html is read by the sample rule of that site. */
static bool read_rule(const char *page, struct buf *to)
{
	const char *folder = getenv("DIURNA_TEST_DIR");
	char *path;
	bool is_read;

	buf_clear(to);
	if (!str_starts(page, "rule-"))
		return false;
	page += strlen("rule-");
	path = xasprintf("%s/../etc/rules.d/%.*s", folder ? folder : "tests",
		(int)(strlen(page) - strlen(".html")), page);
	is_read = file_read(path, LIMIT_RULE_BYTES, to) == STATUS_OK;
	free(path);
	return is_read;
}

/* The address of a page, where its .want begins with it; to be freed. */
static char *wanted_url(const struct buf *want)
{
	const char *text = buf_text(want);

	if (!str_starts(text, "url: "))
		return NULL;
	text += strlen("url: ");
	return xstrndup(text, strcspn(text, "\n"));
}

/* Every NAME.html with a NAME.want beside it. */
static void pages_give_what_is_wanted(void **state)
{
	char *folder = page_path("");
	DIR *dir = opendir(folder);
	struct buf body = {0}, want = {0}, got = {0}, rule = {0};
	struct article article;
	struct dirent *entry;
	char name[300], *url;
	size_t count = 0;
	struct job job;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!str_ends(entry->d_name, ".want"))
			continue;
		assert_true(read_page(entry->d_name, &want));
		snprintf(name, sizeof(name), "%.*s.html", (int)strlen(entry->d_name) - 5,
			entry->d_name);
		assert_true(read_page(name, &body));
		job = job_of(&body);
		job.url = url = wanted_url(&want);
		if (read_rule(name, &rule))
			job.rule = buf_text(&rule);
		article_init(&article);
		assert_int_equal(extract_article(&job, &article), STATUS_OK);
		buf_clear(&got);
		put_field(&got, "url", url);
		put_article(&article, &got);
		if (!str_eq(buf_text(&got), buf_text(&want)))
			print_message("page %s\n", name);
		assert_string_equal(buf_text(&got), buf_text(&want));
		assert_non_null(article.html);
		assert_true(article.quality > 0 && article.quality <= 1);
		article_finish(&article);
		free(url);
		count++;
	}
	assert_true(count >= 11);
	buf_finish(&rule);
	closedir(dir);
	free(folder);
	buf_finish(&body);
	buf_finish(&want);
	buf_finish(&got);
}

/* The value of a key in a .want file; NULL: it has none. */
static char *wanted(const char *want, const char *key)
{
	const char *end = strstr(want, "\n\n"), *at = strstr(want, key);

	if (!at || !end || at > end)
		return NULL;
	at += strlen(key);
	return xstrndup(at, strcspn(at, "\n"));
}

/* The beginning of a text with dots behind it, as feeds cut titles and summaries short. */
static char *cut_short(const char *text, size_t len)
{
	const char *space;

	while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
		len--;
	space = memrchr(text, ' ', len);
	return xasprintf("%.*s\xE2\x80\xA6", (int)(space ? space - text : (long)len), text);
}

/* The page read with what an entry says: its text stays the same, its title too where it is to. */
static bool is_same_with(const char *url, const struct buf *body, const char *want,
	const char *title, const char *summary, const char *truth)
{
	struct job job = job_of(body);
	struct article article;
	bool is_same;

	job.url = url;
	job.entry_title = title;
	job.entry_summary = summary;
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	is_same = str_eq(article.title, truth) &&
		  strncmp(article.text, want, strlen(article.text)) == 0 &&
		  str_eq(want + strlen(article.text), "\n");
	if (!is_same)
		print_message(
			"with entry \"%s\": \"%s\"\n%s\n", title, article.title, article.text);
	article_finish(&article);
	return is_same;
}

/* A title and a summary that are the article's, that are cut short, and that are another's. */
static void an_entry_does_not_change_the_text(void **state)
{
	static const char other[] = "Ten things to know this morning";
	char *folder = page_path(""), *name, *title, *cut, *summary, *url;
	DIR *dir = opendir(folder);
	struct buf body = {0}, want = {0};
	struct dirent *entry;
	const char *text;
	size_t before, wrong = 0, words;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (!str_ends(entry->d_name, ".want") || str_starts(entry->d_name, "rule-"))
			continue;
		name = xasprintf("%.*s.html", (int)strlen(entry->d_name) - 5, entry->d_name);
		assert_true(read_page(entry->d_name, &want));
		assert_true(read_page(name, &body));
		before = wrong;
		title = wanted(buf_text(&want), "title: ");
		url = wanted_url(&want);
		text = strstr(buf_text(&want), "\n\n") + 2;
		summary = cut_short(text, strcspn(text, "\n") / 2);
		wrong += !is_same_with(url, &body, text, title, summary, title);
		for (words = 1, cut = title; (cut = strchr(cut, ' ')) != NULL; cut++)
			words++;
		if (words > 5) {
			cut = cut_short(title, strlen(title) * 3 / 4);
			wrong += !is_same_with(url, &body, text, cut, summary, title);
			free(cut);
		}
		wrong += !is_same_with(
			url, &body, text, other, "Weather, sport and the kitchen.", other);
		if (wrong > before)
			print_message("page %s\n", name);
		free(title);
		free(summary);
		free(url);
		free(name);
	}
	assert_int_equal(wrong, 0);
	closedir(dir);
	free(folder);
	buf_finish(&body);
	buf_finish(&want);
}

/* What a picture shows goes with the picture, not into the text; a box's picture has none. */
static void captions_stand_below_their_pictures(void **state)
{
	struct buf body = {0};
	struct article article;
	struct job job;

	(void)state;
	assert_true(read_page("news-live-blog.html", &body));
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_non_null(strstr(article.html, "A spruce fell on the bus shelter"));
	assert_non_null(strstr(article.html, "tree.jpg"));
	assert_null(strstr(article.text, "A spruce fell"));
	article_finish(&article);
	assert_true(read_page("news-agency.html", &body));
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_null(strstr(article.html, "radar station"));
	article_finish(&article);
	buf_finish(&body);
}

/* What only a style sheet sets apart is apart in the HTML as well. */
static void labels_are_apart_in_the_html(void **state)
{
	static const char page[] =
		"<body><article><h1>A port without ships</h1><p>At ten in the morning the port is so "
		"quiet that you hear the flags, which nobody has taken in since the spring.</p>"
		"<p><span class=a>In spring the council showed a plan with flats on the quay.</span>"
		"<span class=b>Critics fear that rents will drive the fishermen out of it.</span></p>"
		"<p>The vote will be in September, as the mayor recalls, and few will go.</p>";
	struct buf body = {0};
	struct article article;
	struct job job;

	(void)state;
	buf_puts(&body, page);
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_non_null(strstr(article.text, "on the quay. Critics"));
	assert_non_null(strstr(article.html, "</span> <span"));
	article_finish(&article);
	buf_finish(&body);
}

/* What stands below a quotation in a figure is no caption of the portrait beside it. */
static void who_is_quoted_stays(void **state)
{
	static const char page[] =
		"<title>A roastery by the canal</title><article><h1>A roastery by the canal</h1>"
		"<p>The roastery moved into the old pumping station in March, and sells to forty "
		"cafes, most of them within a day's walk of the canal.</p>"
		"<p>Its owners drew up the plans themselves, on the back of sacks, and had the boiler "
		"brought by boat, because the lane is too narrow for the lorry.</p>"
		"<figure><blockquote>We looked at six places with a road to the door, and took the one "
		"that can be heard from the water, which nobody understood.</blockquote>"
		"<figcaption><p>Idony Marsh, head roaster, Canal Coffee</p><div><img src=m.jpg></div>"
		"</figcaption></figure>"
		"<p>Of the beans a third comes by rail, and the rest by sea, as it did a hundred years "
		"ago, when the station pumped and the coffee went past it.</p></article>";
	struct buf body = {0};
	struct article article;
	struct job job;

	(void)state;
	buf_puts(&body, page);
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_non_null(strstr(article.text, "nobody understood.\n\nIdony Marsh, head roaster"));
	article_finish(&article);
	buf_finish(&body);
}

static void a_rule_that_does_not_fit_is_said_and_done_without(void **state)
{
	static const struct {
		const char *rule, *reason;
	} cases[] = {
		{"body: .there-is-none", "the site's rule found nothing"},
		{"# all new\nboddy: p",
			"the site's rule is wrong: line 2: not one of title, author, date, next, "
			"strip, body: boddy"},
		{"strip: p[\ntitle h1\nbody: p",
			"the site's rule is wrong: line 2: no ':' in title h1; "
			"line 1: no selector: p["},
		{"body: p[", "the site's rule is wrong: line 1: no selector: p["},
		{"body p", "the site's rule is wrong: line 1: no ':' in body p"},
	};
	struct article with, without;
	struct buf body = {0};
	struct job job;
	size_t i;

	(void)state;
	assert_true(read_page("walled.html", &body));
	job = job_of(&body);
	article_init(&without);
	assert_int_equal(extract_article(&job, &without), STATUS_OK);
	assert_false(without.rule_failed);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		job.rule = cases[i].rule;
		article_init(&with);
		assert_int_equal(extract_article(&job, &with), STATUS_OK);
		assert_true(with.rule_failed);
		assert_string_equal(with.reason, cases[i].reason);
		assert_string_equal(with.text, without.text);
		article_finish(&with);
	}
	article_finish(&without);
	buf_finish(&body);
}

static void says_why_there_is_nothing(void **state)
{
	static const struct {
		const char *body;
		size_t len;
		enum status status;
		const char *reason;
	} cases[] = {
		{"%PDF-1.7 ...", 12, STATUS_UNSUPPORTED, "no HTML: another kind of document"},
		{"\x89PNG\r\n", 6, STATUS_UNSUPPORTED, "no HTML: another kind of document"},
		{"\x03\x91\x1F<\xFE\x02p\x01>", 9, STATUS_UNSUPPORTED,
			"no HTML: another kind of document"},
		{"", 0, STATUS_NOT_FOUND, "no text was found"},
		{"<html><body></body></html>", 26, STATUS_NOT_FOUND, "no text was found"},
	};
	struct article article;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct job job = {.kind = JOB_PAGE,
			.body = cases[i].body,
			.body_len = cases[i].len,
			.entry_published = DATE_NONE};

		article_init(&article);
		assert_int_equal(extract_article(&job, &article), cases[i].status);
		assert_string_equal(article.reason, cases[i].reason);
		assert_null(article.text);
		article_finish(&article);
	}
}

static void a_page_of_scripts_is_poor_and_says_so(void **state)
{
	struct buf body = {0};
	struct article article;
	struct job job;

	(void)state;
	assert_true(read_page("script-only.html", &body));
	job = job_of(&body);
	article_init(&article);
	extract_article(&job, &article);
	assert_string_equal(article.reason, "the text is made by scripts");
	assert_true(article.quality < 0.2);
	article_finish(&article);
	buf_finish(&body);
}

/* A walled page falls back to the feed's text, and still says what it lacked. */
static void the_feed_stands_in_for_a_wall(void **state)
{
	struct buf body = {0}, content = {0};
	struct article article;
	struct job job;
	int i;

	(void)state;
	for (i = 0; i < 12; i++)
		buf_printf(&content,
			"<p>Paragraph %d of the feed has a dozen words that the page keeps back.</p>",
			i);
	assert_true(read_page("walled.html", &body));
	job = job_of(&body);
	job.entry_content = buf_text(&content);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_int_equal(article.source, ARTICLE_SOURCE_FEED);
	assert_non_null(strstr(article.text, "Paragraph 11 of the feed"));
	assert_non_null(strstr(article.reason, "wall"));
	article_finish(&article);
	buf_finish(&body);
	buf_finish(&content);
}

/* ... and where the wall is all that a page has, its words are no article. */
static void a_wall_is_no_article(void **state)
{
	static const char html[] =
		"<html><head><title>Ferry strike enters third week | Coast Review</title></head><body>"
		"<main><article><h1>Ferry strike enters third week</h1><div class='offer'>"
		"<h2>Subscribe to continue reading</h2><p>You have read all of your free articles "
		"this month. Subscribe today for unlimited access to award-winning journalism from "
		"our reporters around the world.</p><p>Cancel anytime. Offer for new subscribers "
		"only. Your subscription renews automatically at the full price.</p></div>"
		"</article></main></body></html>";
	static const char story[] =
		"<p>Crews will meet the owners on Monday for the first time since the boats stopped, "
		"and both sides say that they expect a long night and little coffee.</p>";
	struct buf body = {0};
	struct article article;
	struct job job;
	char *at;

	(void)state;
	buf_puts(&body, html);
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_NOT_FOUND);
	assert_null(article.text);
	assert_non_null(strstr(article.reason, "wall"));
	article_finish(&article);

	job.entry_summary = "The crews want to be home by Christmas.";
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_int_equal(article.source, ARTICLE_SOURCE_FEED);
	assert_string_equal(article.text, job.entry_summary);
	assert_true(article.is_truncated);
	assert_non_null(strstr(article.reason, "wall"));
	article_finish(&article);

	/* the beginning of the article stays */
	buf_clear(&body);
	at = strstr(html, "<div");
	buf_put(&body, html, (size_t)(at - html));
	buf_puts(&body, story);
	buf_puts(&body, at);
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_non_null(strstr(article.text, "a long night and little coffee."));
	assert_null(strstr(article.text, "unlimited access"));
	assert_true(article.is_truncated);
	article_finish(&article);
	buf_finish(&body);
}

/* A page of one site: the same notice stands amid each article, in the same kind of element. */
static void put_site_page(struct buf *to, int number, const char *notice)
{
	static const char *const sentences[] = {
		"The ferry of line %d left the pier before dawn with forty passengers on board.",
		"By noon the crew of boat %d had counted every crate twice, as the rule demands.",
		"Nobody on quay %d expected the harbour master to change the order once more.",
		"In the evening the papers of route %d were still missing from the office."};
	size_t i;

	buf_printf(to,
		"<html><head><title>Report %d</title></head><body><div class=\"text\">"
		"<h1>Report %d</h1>",
		number, number);
	for (i = 0; i < ARRAY_LEN(sentences); i++) {
		buf_puts(to, "<p>");
		/* the format is one of the literals above */
		buf_printf(to, "%.*s", (int)strcspn(sentences[i], "%"), sentences[i]);
		buf_printf(to, "%d%s It was, all in all, a day like many others on the water.</p>",
			number, strchr(sentences[i], '%') + 2);
		if (i == 1)
			buf_printf(to, "<p>%s</p>", notice);
	}
	buf_puts(to, "</div></body></html>");
}

static const char *const notice = "Our readers make this reporting possible, and for less than a "
				  "coffee a week you can stand beside them.";

/* What recurs on the site's pages: hashes that two or more of them share. */
static size_t learn_site(uint64_t *hashes, size_t space, const int *numbers, size_t count)
{
	uint64_t all[8][64];
	size_t counts[8] = {0}, found = 0, a, b, i, k;
	struct article article;
	struct buf body = {0};
	struct job job;

	for (a = 0; a < count; a++) {
		buf_clear(&body);
		put_site_page(&body, numbers[a], notice);
		job = job_of(&body);
		article_init(&article);
		extract_article(&job, &article);
		counts[a] = article.block_hash_count < 64 ? article.block_hash_count : 64;
		memcpy(all[a], article.block_hashes, counts[a] * sizeof(**all));
		article_finish(&article);
	}
	for (a = 0; a < count; a++)
		for (i = 0; i < counts[a]; i++)
			for (b = a + 1; b < count; b++)
				for (k = 0; k < counts[b]; k++)
					if (all[a][i] == all[b][k] && found < space)
						hashes[found++] = all[a][i];
	buf_finish(&body);
	return found;
}

static char *text_with_memory(int number, const uint64_t *hashes, size_t count)
{
	struct buf body = {0};
	struct article article;
	struct job job;
	char *text;

	put_site_page(&body, number, notice);
	job = job_of(&body);
	job.site_blocks = hashes;
	job.site_block_count = count;
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	text = xstrdup(article.text);
	article_finish(&article);
	buf_finish(&body);
	return text;
}

static void a_site_s_memory_drops_what_recurs(void **state)
{
	static const int order[2][3] = {{1, 2, 3}, {3, 1, 2}};
	uint64_t hashes[64], others[64];
	size_t count, other_count;
	char *without, *with, *with_other;

	(void)state;
	count = learn_site(hashes, ARRAY_LEN(hashes), order[0], 3);
	other_count = learn_site(others, ARRAY_LEN(others), order[1], 3);
	assert_true(count > 0);
	without = text_with_memory(4, NULL, 0);
	with = text_with_memory(4, hashes, count);
	with_other = text_with_memory(4, others, other_count);
	assert_non_null(strstr(without, notice)); /* it reads like the article */
	assert_null(strstr(with, notice));
	assert_non_null(strstr(with, "The ferry of line 4"));
	assert_non_null(strstr(with, "were still missing from the office"));
	assert_string_equal(with, with_other); /* the order of arrival does not matter */
	free(without);
	free(with);
	free(with_other);
}

/* The same article twice on a site: all of it recurs, and none of it goes. */
static void a_site_s_memory_empties_no_article(void **state)
{
	struct buf body = {0};
	struct article article;
	struct job job;
	char *text, *again;

	(void)state;
	put_site_page(&body, 9, notice);
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	text = xstrdup(article.text);
	again = text_with_memory(9, article.block_hashes, article.block_hash_count);
	assert_string_equal(text, again);
	article_finish(&article);
	free(text);
	free(again);
	buf_finish(&body);
}

/* The page's first lines with what the page says of itself, or without. */
static void put_page_with_standfirst(
	struct buf *to, const char *standfirst, const char *description)
{
	struct buf page = {0};
	const char *below;

	put_site_page(&page, 5, notice);
	below = strstr(buf_text(&page), "</h1>") + strlen("</h1>");
	buf_printf(to, "<meta name=\"description\" content=\"%s\">", description);
	buf_put(to, buf_text(&page), (size_t)(below - buf_text(&page)));
	buf_printf(to, "<p>%s</p>%s", standfirst, below);
	buf_finish(&page);
}

/* The site's other pages show the standfirst below their link to this one: it is no less its own.
 */
static void a_site_s_memory_leaves_the_standfirst(void **state)
{
	static const char standfirst[] = "A day of counting on the water ends with less than it "
					 "began with, and with papers that nobody signed.";
	static const struct {
		const char *description;
		bool stays;
	} rows[] = {{standfirst, true}, {"News of the coast.", false}};
	struct article without, with;
	struct buf body = {0};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&body);
		put_page_with_standfirst(&body, standfirst, rows[i].description);
		job = job_of(&body);
		article_init(&without);
		assert_int_equal(extract_article(&job, &without), STATUS_OK);
		assert_non_null(strstr(without.text, standfirst));
		job.site_blocks = without.block_hashes; /* of the block below the headline */
		job.site_block_count = 1;
		article_init(&with);
		assert_int_equal(extract_article(&job, &with), STATUS_OK);
		assert_int_equal(strstr(with.text, standfirst) != NULL, rows[i].stays);
		article_finish(&with);
		article_finish(&without);
	}
	buf_finish(&body);
}

static const struct {
	const char *title, *text[4];
} tales[] = {
	{"The ferry that nobody cancelled",
		{"For eleven winters the last ferry of the day has left the old pier with its lamps "
		 "lit and, on most evenings, without a single passenger on board.",
			"The council voted to end the service in 2019, in 2021 and again last "
			"spring. Each time the letter was sent to an office that had moved.",
			"The captain told a visitor on Tuesday that he reads the timetable, and the "
			"timetable says that he sails. He has kept every ticket stub.",
			"Harbour officials now say that stopping the boat would cost more than "
			"running it, because the pier would have to be rebuilt."}},
	{"A museum opens its cellar of mistakes",
		{"The museum of measuring instruments has never thrown anything away, and from "
		 "Friday on visitors may see why in a cellar that was closed for forty years.",
			"Among the exhibits are a ruler that is too short, a clock with thirteen "
			"hours and weights that cheated three generations of bakers.",
			"Its curator, a former surveyor, spent two years labelling them. She found "
			"that most of the errors had been known and quietly allowed for.",
			"Entry is free on the first weekend; afterwards it costs as much as a cup "
			"of coffee, measured, as the poster promises, honestly."}},
	{"Why the northern orchards flower twice",
		{"In the valleys behind the northern coast apple trees opened their second "
		 "blossoms this week, three months after the harvest and before the frost.",
			"Growers have seen it in warm autumns before, but never on so many farms at "
			"once, and never on trees that were pruned by the book.",
			"A botanist at the agricultural school suspects the long dry August. The "
			"trees took the drought for winter and the rain for spring.",
			"Next year's crop may be smaller for it. The bees, which had been put to "
			"rest for the season, were woken and are being fed with sugar."}},
};

/* A page that scrolls on without end: stories below each other in like elements. */
static void put_scroll(struct buf *to, const char *element, int level)
{
	size_t i, k;

	buf_printf(to, "<html><head><title>%s | The Shore</title></head><body>", tales[0].title);
	for (i = 0; i < ARRAY_LEN(tales); i++) {
		buf_printf(to, "<%s class=\"story\"><header><h%d>%s</h%d></header><div>", element,
			level, tales[i].title, level);
		for (k = 0; k < ARRAY_LEN(tales[i].text); k++)
			buf_printf(to, "<p>%s</p>", tales[i].text[k]);
		buf_printf(to, "</div><a href=\"#\">Share</a></%s>", element);
	}
	buf_puts(to, "</body></html>");
}

static void of_several_stories_the_entry_s_is_taken(void **state)
{
	static const struct {
		const char *element;
		int level;
	} markups[] = {{"article", 1}, {"div", 2}, {"section", 1}};
	struct buf body = {0}, want = {0};
	struct article article;
	size_t m, i, k;
	struct job job;

	(void)state;
	for (m = 0; m < ARRAY_LEN(markups); m++) {
		buf_clear(&body);
		put_scroll(&body, markups[m].element, markups[m].level);
		for (i = 0; i < ARRAY_LEN(tales); i++) {
			job = job_of(&body);
			job.entry_title = tales[i].title;
			buf_clear(&want);
			for (k = 0; k < ARRAY_LEN(tales[i].text); k++)
				buf_printf(&want, "%s%s", k > 0 ? "\n\n" : "", tales[i].text[k]);
			article_init(&article);
			assert_int_equal(extract_article(&job, &article), STATUS_OK);
			assert_string_equal(article.title, tales[i].title);
			assert_string_equal(article.text, buf_text(&want));
			article_finish(&article);
		}
	}
	buf_finish(&body);
	buf_finish(&want);
}

/* Neither text nor HTML has what is hidden from eyes or handles a heading; what is all of a block
 * stays, as the question that unfolds its answer. */
static void what_is_not_seen_goes(void **state)
{
	static const char page[] =
		"<title>Coal by sea</title><article><h1>Coal by sea</h1>"
		"<p>The harbour took eleven ships of coal last winter, and <a href=/r>its own report"
		"<span class='sr-only'>, opens in a new tab</span></a>, which nobody ordered, says why.</p>"
		"<h2>The price <button>Copy link</button></h2>"
		"<p>It rose by a third<span style='position:absolute;clip: rect(0, 0, 0, 0)'> footnote "
		"one</span>, then fell by a half, and the master wrote both down in the same ink.</p>"
		"<h2><button>Who burns it still?</button></h2>"
		"<p>The school does, and the baker, and a man on the hill who says that it is for the "
		"smell<span class=note role=tooltip>, he means tar</span>, which his "
		"<span class=tooltip-text>neighbours</span><span class=x_tooltipBubble__y1>A neighbour is "
		"<b>whoever</b> lives beside</span> do not believe<span role=tooltip>: hover</span>.</p>"
		"</article>";
	static const char *const gone[] = {
		"new tab", "Copy link", "footnote", "whoever", "lives", "hover"};
	static const char *const last = "smell, he means tar, which his neighbours do not believe.";
	struct buf body = {0};
	struct article article;
	struct job job;
	size_t i;

	(void)state;
	buf_puts(&body, page);
	job = job_of(&body);
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	for (i = 0; i < ARRAY_LEN(gone); i++) {
		assert_null(strstr(article.text, gone[i]));
		assert_null(strstr(article.html, gone[i]));
	}
	assert_non_null(strstr(article.text, "its own report, which nobody"));
	assert_non_null(strstr(article.text, "The price\n"));
	assert_non_null(strstr(article.text, "It rose by a third, then"));
	assert_non_null(strstr(article.text, "Who burns it still?"));
	assert_non_null(strstr(article.html, "Who burns it still?"));
	assert_non_null(strstr(article.text, last));
	article_finish(&article);
	buf_finish(&body);
}

/* Longer than the article, of whole sentences, and no part of it; what is called after biscuits is.
 */
static void boxes_that_ask_for_consent_go(void **state)
{
	static const struct {
		const char *attribute;
		bool stays;
	} cases[] = {
		{"id=\"onetrust-consent-sdk\"", false},
		{"id=\"sp_message_container_7131\"", false},
		{"class=\"ui cky-modal\" id=\"x\"", false},
		{"id=\"cookies-of-the-bakery\"", true},
	};
	static const char line[] =
		"Information about your activity on this service, such as forms you submit and what "
		"you look at, is stored and combined with other information about you.";
	struct buf body = {0};
	struct article article;
	struct job job;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&body);
		buf_printf(&body, "<title>%s</title><main><h1>%s</h1><p>%s</p><p>%s</p><div %s>",
			tales[0].title, tales[0].title, tales[0].text[0], tales[0].text[1],
			cases[i].attribute);
		for (k = 0; k < 12; k++)
			buf_printf(&body, "<p>%zu. %s</p>", k, line);
		buf_puts(&body, "</div></main>");
		job = job_of(&body);
		article_init(&article);
		assert_int_equal(extract_article(&job, &article), STATUS_OK);
		assert_non_null(strstr(article.text, tales[0].text[0]));
		assert_non_null(strstr(article.text, tales[0].text[1]));
		assert_int_equal(strstr(article.text, "your activity") != NULL, cases[i].stays);
		article_finish(&article);
	}
	buf_finish(&body);
}

/* Amid paragraphs, in the same kind of element: what calls goes, what tells of calls stays. */
static void labels_and_calls_go(void **state)
{
	static const struct {
		const char *line;
		bool stays;
	} cases[] = {
		{"Advertisement", false},
		{"ADVERTISEMENT:", false},
		{"Anzeige", false},
		{"\xD0\xA0\xD0\xB5\xD0\xBA\xD0\xBB\xD0\xB0\xD0\xBC\xD0\xB0", false},
		{"Article continues below advertisement", false},
		{"For daily news of the shore, sign up for our newsletter.", false},
		{"Join our mailing list and never miss a tide.", false},
		{"Abonnieren Sie jetzt unseren kostenlosen Newsletter.", false},
		{"Inscrivez-vous \xC3\xA0 la newsletter du port.", false},
		{"Read more", false},
		{"Share this article", false},
		{"Back to the front page", false},
		{"Zurück zur Startseite", false},
		{"Photo: A. Name/Agency", false},
		{"(Top image credit: The harbour at dawn, by B. Name)", false},
		/* in other languages */
		{"mainos", false},
		{"reclame", false},
		{"inzerce", false},
		{"iklan", false},
		{"publicitate", false},
		{"oglas", false},
		{"διαφήμιση", false},
		{"ΔΙΑΦΗΜΙΣΗ", false},
		{"РЕКЛАМА", false},
		{"פרסומת", false},
		{"إعلان", false},
		{"اعلان", false},
		{"विज्ञापन", false},
		{"โฆษณา", false},
		{"quảng cáo", false},
		{"スポンサーリンク", false},
		{"请继续往下阅读", false},
		{"請繼續往下閱讀", false},
		{"खबरें और भी हैं", false},
		{"weiter nach der anzeige", false},
		{"l'article continue après la publicité", false},
		{"la suite après la publicité", false},
		{"la suite après cette publicité", false},
		{"continua dopo la pubblicità", false},
		{"continúa después de la publicidad", false},
		{"continua após a publicidade", false},
		{"continua depois da publicidade", false},
		{"artikel gaat verder onder advertentie", false},
		{"artikel gaat verder na advertentie", false},
		{"haberin devamı", false},
		{"Продолжение после рекламы", false},
		{"Продовження після реклами", false},
		{"artikel teilen", false},
		{"link kopieren", false},
		{"en savoir plus", false},
		{"partager l'article", false},
		{"seguir leyendo", false},
		{"continua a leggere", false},
		{"leggi di più", false},
		{"partilhar", false},
		{"compartilhar", false},
		{"leia mais", false},
		{"ler mais", false},
		{"saiba mais", false},
		{"lees verder", false},
		{"deel dit artikel", false},
		{"dela", false},
		{"läs mer", false},
		{"læs mere", false},
		{"les mer", false},
		{"lue lisää", false},
		{"udostępnij", false},
		{"czytaj więcej", false},
		{"czytaj dalej", false},
		{"sdílet", false},
		{"číst dále", false},
		{"megosztás", false},
		{"tovább olvasom", false},
		{"citește mai mult", false},
		{"paylaş", false},
		{"devamını oku", false},
		{"bagikan", false},
		{"baca selengkapnya", false},
		{"chia sẻ", false},
		{"đọc tiếp", false},
		{"xem thêm", false},
		{"Поделиться", false},
		{"Читать далее", false},
		{"Подробнее", false},
		{"Поділитися", false},
		{"Читати далі", false},
		{"Докладніше", false},
		{"שתף", false},
		{"קרא עוד", false},
		{"مشاركة", false},
		{"شارك", false},
		{"اقرأ المزيد", false},
		{"ادامه مطلب", false},
		{"शेयर करें", false},
		{"और पढ़ें", false},
		{"続きを読む", false},
		{"もっと見る", false},
		{"シェア", false},
		{"分享", false},
		{"阅读更多", false},
		{"閱讀更多", false},
		{"展开全文", false},
		{"展開全文", false},
		{"더 보기", false},
		{"더보기", false},
		{"Escreve-nos e inscreva-se para a nossa newsletter.", false},
		{"खबरें और भी हैं...", false},
		{"Subscreva a nossa newsletter.", false},
		{"Apúntate a nuestra newsletter.", false},
		{"Schrijf je in voor onze nieuwsbrief.", false},
		{"Prenumerera på vårt nyhetsbrev.", false},
		{"Tilmeld dig vores nyhedsbrev.", false},
		{"Meld deg på vårt nyhetsbrev.", false},
		{"Zapisz się na nasz newsletter.", false},
		{"Přihlaste se k odběru newsletteru.", false},
		{"Iratkozzon fel hírlevelünkre.", false},
		{"Iratkozz fel a hírlevelünkre.", false},
		{"Abonează-te la newsletter.", false},
		{"Haber bültenimize hemen abone ol.", false},
		{"Подпишитесь на нашу рассылку.", false},
		{"Подписывайтесь на наш канал.", false},
		{"Підпишіться на нашу розсилку.", false},
		{"Підписуйтесь на наш канал.", false},
		{"اشترك الآن في نشرتنا.", false},
		{"뉴스레터를 구독하세요.", false},
		{"立即訂閱我們的電子報。", false},
		{"Mitä ajatuksia juttu herätti? Voit keskustella aiheesta 30. tammikuuta kello 23:een saakka.",
			false},
		{"Die Anzeige hing im Fenster, und niemand wollte mehr lesen als den ersten Satz.",
			true},
		{"Он просил поделиться хлебом, и ему не отказали.", true},
		{"뉴스레터를 구독하는 사람은 모두 천 명이라고 시장은 말했다.", true},
		{"Siehe auch: das Meer, sagte er, und zeigte auf den Hafen, der leer war.", true},
		{"The advertisement in the window had hung there since the war, and he knew it.",
			true},
		{"Photographs of the harbour, by then, had been taken down by the council.", true},
		{"She reads twelve newsletters a day, and she subscribes to all of them.", true},
		{"The newsletter of the club has 1,193 subscribers on both sides of the water.",
			true},
	};
	struct buf body = {0};
	struct article article;
	struct job job;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&body);
		buf_printf(&body, "<html><head><title>%s</title></head><body><div><h1>%s</h1>",
			tales[0].title, tales[0].title);
		for (k = 0; k < 12; k++) {
			buf_printf(&body, "<p>%s</p>", tales[k / 4].text[k % 4]);
			if (k == 5)
				buf_printf(&body, "<p>%s</p>", cases[i].line);
		}
		buf_puts(&body, "</div></body></html>");
		job = job_of(&body);
		article_init(&article);
		assert_int_equal(extract_article(&job, &article), STATUS_OK);
		if ((strstr(article.text, cases[i].line) != NULL) != cases[i].stays)
			print_message("line %s\n", cases[i].line);
		assert_int_equal(strstr(article.text, cases[i].line) != NULL, cases[i].stays);
		assert_non_null(strstr(article.text, tales[1].text[1]));
		assert_non_null(strstr(article.text, tales[1].text[2]));
		article_finish(&article);
	}
	buf_finish(&body);
}

static void a_rule_decides(void **state)
{
	static const char page[] =
		"<html><body><h1>Wrong</h1><b class=\"t\">Right</b><div id=\"x\"><p>One two.</p>"
		"<div class=\"promo\">Buy</div><p>Three four.</p></div><p>Other text here.</p>"
		"<a class=\"n\" href=\"/2\">next</a></body></html>";
	struct job job = {.kind = JOB_PAGE,
		.body = page,
		.body_len = sizeof(page) - 1,
		.url = "https://a.example/1",
		.rule = "# a comment\ntitle: b.t\nbody: #x > p\nstrip: .promo\nnext: a.n\n",
		.entry_published = DATE_NONE};
	struct article article;

	(void)state;
	article_init(&article);
	assert_int_equal(extract_article(&job, &article), STATUS_OK);
	assert_string_equal(article.title, "Right");
	assert_string_equal(article.text, "One two.\n\nThree four.");
	assert_string_equal(article.next_url, "https://a.example/2");
	assert_int_equal(article.source, ARTICLE_SOURCE_RULE);
	article_finish(&article);

	/* one that finds nothing leaves it to the general way, and is reported */
	job.rule = "body: #nowhere\n";
	article_init(&article);
	extract_article(&job, &article);
	assert_string_equal(article.reason, "the site's rule found nothing");
	assert_int_not_equal(article.source, ARTICLE_SOURCE_RULE);
	article_finish(&article);

	job.rule = "body: ][\n";
	article_init(&article);
	extract_article(&job, &article);
	assert_non_null(strstr(article.reason, "the site's rule is wrong"));
	article_finish(&article);
}

/* The text of a table is doubtful, all else is sure: what stands alone in a box amid the text is
 * kept as if it stood there itself. */
static void a_table_in_a_box_of_its_own_is_amid_the_text(void **state)
{
	static const char page[] =
		"<body><div><p>The boards have counted who mends the dikes, and it is a few.</p>"
		"<div class=frame><blockquote><table><tr><td>Herta Durm</td><td>63</td></tr>"
		"<tr><td>Jan Schmitt</td><td>56</td></tr></table></blockquote></div>"
		"<p>All others sent stakes and soup, which none of the boards counts.</p></div>"
		"<div class=share-tools><ul><li>Send</li><li>Print</li></ul></div>"
		"<p>Whether the boards should be one is a question as old as the dikes.</p></body>";
	struct job job = {.kind = JOB_PAGE, .body = page, .body_len = sizeof(page) - 1};
	struct arena arena = {0};
	struct extraction x;
	size_t i;

	(void)state;
	assert_int_equal(extraction_read(&x, &job, &arena), STATUS_OK);
	x.scores = xcalloc(x.blocks.block_count, sizeof(*x.scores));
	for (i = 0; i < x.blocks.block_count; i++)
		x.scores[i] = x.blocks.blocks[i].words > 6 ? 0.8f : 0.41f;
	assert_int_equal(x.blocks.block_count, 9);
	extraction_choose(&x);
	for (i = 0; i < x.blocks.block_count; i++)
		assert_int_equal(x.kept[i], i < 6 || i == 8);
	extraction_finish(&x);
	arena_finish(&arena);
}

/*
 * What becomes of a page's blocks, each marked by its first byte: the model doubts those with a
 * tilde, which are kept; it grants little to those with a minus, and is sure of the rest. Of these
 * the ones with an exclamation mark are dropped.
 */
static void assert_marks(const char *page)
{
	struct job job = {.kind = JOB_PAGE,
		.url = "https://mill.example/news/1.html",
		.body = page,
		.body_len = strlen(page)};
	struct arena arena = {0};
	struct extraction x;
	size_t i;

	assert_int_equal(extraction_read(&x, &job, &arena), STATUS_OK);
	x.scores = xcalloc(x.blocks.block_count, sizeof(*x.scores));
	for (i = 0; i < x.blocks.block_count; i++) {
		char mark = *block_text(&x.blocks, i);

		x.scores[i] = mark == '~' ? 0.3f : mark == '-' ? 0.1f : 0.9f;
	}
	extraction_choose(&x);
	extraction_correct(&x);
	for (i = 0; i < x.blocks.block_count; i++) {
		if (x.kept[i] != !strchr("-!", *block_text(&x.blocks, i)))
			fail_msg("block %zu: %s", i, block_text(&x.blocks, i));
	}
	extraction_finish(&x);
	arena_finish(&arena);
}

static void lines_that_belong_to_their_neighbours_come_in(void **state)
{
	(void)state;
	assert_marks(
		"<body><h1>-The mill</h1><div class=story><aside><h3>~In short</h3><ul>"
		"<li>The mill was bought</li><li>It turns again in May</li></ul></aside>"
		"<p>The mill on the hill was bought by the two who lived below it for "
		"years.</p><b>~A new owner</b>"
		"<p>They paid with what their uncle left them, and with a horse, they say "
		"now.</p><b>-7 May 2026</b>"
		"<p>The sails come from the coast, where an old man still sews them by "
		"hand.</p><h2>What comes next</h2>"
		"<p class=last>~In June the first flour is to be sold. Ask for it in the "
		"shop.</p></div><p>-1 2 Next page</p>"
		"<div class=who><p>~Ada Lind contributed reporting from the coast.</p></div>"
		"<div class=correction><p>~We wrote last week that the mill has three sails; it "
		"has four.</p></div><div class=corrections>"
		"<p>-The paper corrects what it got wrong, and says below each story what that "
		"was.</p><p>-All of these notes are kept for a year in a list of their own, for "
		"all to see.</p><p>-Nobody has asked to have one removed, and so none of them "
		"ever was.</p></div>"
		"<div><h4>-Related</h4><ul><li>-The mill next door</li></ul></div></body>");
}

static void lines_that_lead_away_go(void **state)
{
	(void)state;
	assert_marks("<body><h1>-The mill</h1><div class=story>"
		     "<p>The mill on the hill was bought by the two who lived below it for "
		     "years.</p><div class=row><p><a href=//a.example/1>! Save in Delicious</a>"
		     "<a href=//b.example/2>Save in Facebook</a></p></div>"
		     "<p>They paid with what their uncle left them, and with a horse, they say "
		     "now.</p><div class=box><h4>! To read:</h4><ul>"
		     "<li><a href=/news/2>! The stones of the old mill found</a></li>"
		     "<li><a href=https://www.mill.example/3>! The bridge is late by half a "
		     "year</a></li></ul></div>"
		     "<p>The sails come from the coast, where an old man still sews them by "
		     "hand.</p><div class=box><h4>The sources are:</h4><ul>"
		     "<li><a href=https://b.example/1>A history of the mills of the coast</a>"
		     "</li></ul></div>"
		     "<p>In June the first flour is to be sold, by the pound, below the hill."
		     "</p></div></body>");
}

/* The same 33 words of English in languages that need fewer, or that have no spaces. */
static void a_short_article_is_one_in_any_script(void **state)
{
	static const struct {
		const char *language, *title, *first, *second;
	} cases[] = {
		{"ko", "항구에 새 등대",
			"시는 월요일 항구 남쪽에 새 등대를 세웠다고 밝혔다. 공사는 두 해가 걸렸다.",
			"어민들은 안개 낀 아침에 길을 찾기가 쉬워졌다고 말했다."},
		{"ja", "港に新しい灯台",
			"市は月曜日、港の南側に新しい灯台を建てたと発表した。工事には二年かかった。",
			"漁師たちは霧の朝でも道が分かりやすくなったと話している。"},
		{"zh", "港口新灯塔", "市政府星期一宣布，港口南侧的新灯塔已经建成。工程历时两年。",
			"渔民们说，有雾的早晨也更容易找到航道了。"},
		{"th", "ประภาคารใหม่ที่ท่าเรือ",
			"เทศบาลประกาศเมื่อวันจันทร์ว่าประภาคารใหม่ทางใต้ของท่าเรือสร้างเสร็จแล้ว ใช้เวลาก่อสร้างสองปี",
			"ชาวประมงกล่าวว่าเช้าที่มีหมอกก็หาทางได้ง่ายขึ้น"},
		{"lo", "ປະພາຄານໃໝ່", "ເມືອງໄດ້ປະກາດໃນວັນຈັນວ່າ ປະພາຄານໃໝ່ທາງໃຕ້ຂອງທ່າເຮືອໄດ້ສ້າງສຳເລັດແລ້ວ.",
			"ຊາວປະມົງກ່າວວ່າ ຕອນເຊົ້າທີ່ມີໝອກກໍຊອກທາງໄດ້ງ່າຍຂຶ້ນ."},
		{"km", "ប៉មភ្លើងថ្មី",
			"ទីក្រុងបានប្រកាសនៅថ្ងៃច័ន្ទថា ប៉មភ្លើងថ្មីនៅភាគខាងត្បូងកំពង់ផែត្រូវបានសាងសង់រួចរាល់។",
			"អ្នកនេសាទនិយាយថា ពេលព្រឹកមានអ័ព្ទក៏ងាយរកផ្លូវដែរ។"},
		{"my", "မီးပြတိုက်အသစ်",
			"မြို့တော်က တနင်္လာနေ့တွင် ဆိပ်ကမ်းတောင်ဘက်၌ မီးပြတိုက်အသစ် ဆောက်ပြီးကြောင်း ကြေညာခဲ့သည်။",
			"မြူဆိုင်းသောနံနက်တွင်လည်း လမ်းရှာရလွယ်ကူလာသည်ဟု ငါးဖမ်းသမားများက ပြောသည်။"},
		{"ta", "துறைமுகத்தில் புதிய கலங்கரை விளக்கம்",
			"துறைமுகத்தின் தெற்கே புதிய கலங்கரை விளக்கம் கட்டப்பட்டுள்ளதாக நகராட்சி திங்கட்கிழமை அறிவித்தது. பணிகள் இரண்டு ஆண்டுகள் நடந்தன.",
			"பனிமூட்டமான காலையிலும் வழி கண்டுபிடிப்பது எளிதாகிவிட்டது என்று மீனவர்கள் கூறினர்."},
		{"bo", "གྲུ་ཁའི་འོད་སྒྲོན་མཁར་གསར་པ",
			"གཟའ་ཟླ་བར་གྲོང་ཁྱེར་གྱིས་གྲུ་ཁའི་ལྷོ་ཕྱོགས་སུ་འོད་སྒྲོན་མཁར་གསར་པ་ཞིག་བསྐྲུན་ཟིན་པའི་གསལ་བསྒྲགས་བྱས་སོང་།",
			"ཉ་པ་ཚོས་སྨུག་པ་འཁྲིག་པའི་ཞོགས་པར་ཡང་ལམ་འཚོལ་ལས་སླ་རུ་ཕྱིན་སོང་ཞེས་བཤད།"},
		{"hi", "बंदरगाह पर नया प्रकाशस्तंभ",
			"नगर ने सोमवार को बताया कि बंदरगाह के दक्षिण में नया प्रकाशस्तंभ बन गया है। काम दो साल चला।",
			"मछुआरों ने कहा कि कोहरे वाली सुबह में भी रास्ता ढूंढना आसान हो गया है।"},
		{"ar", "منارة جديدة في الميناء",
			"أعلنت البلدية يوم الاثنين أن المنارة الجديدة جنوب الميناء قد اكتملت. استغرق العمل عامين.",
			"وقال الصيادون إن العثور على الطريق في صباح ضبابي أصبح أسهل."},
		{"am", "አዲስ የመብራት ማማ",
			"ከተማው ሰኞ ዕለት በወደቡ ደቡብ አዲስ የመብራት ማማ መገንባቱን አስታወቀ። ሥራው ሁለት ዓመት ፈጅቷል።",
			"ዓሣ አጥማጆች በጭጋጋማ ጠዋት መንገድ ማግኘት ቀላል ሆኗል ብለዋል።"},
		{"fi", "Satamaan uusi majakka",
			"Kaupunki ilmoitti maanantaina, että sataman eteläpuolelle on rakennettu uusi majakka. Työ kesti kaksi vuotta.",
			"Kalastajien mukaan reitin löytäminen sumuisena aamuna on helpottunut."},
	};
	struct article article;
	struct buf page = {0};
	struct job job;
	char *want;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&page);
		buf_printf(&page,
			"<html lang=%s><head><title>%s</title></head><body><nav><a href=/b>B</a> <a "
			"href=/c>C</a></nav><main><h1>%s</h1><p>%s</p><p>%s</p></main></body></html>",
			cases[i].language, cases[i].title, cases[i].title, cases[i].first,
			cases[i].second);
		job = job_of(&page);
		article_init(&article);
		assert_int_equal(extract_article(&job, &article), STATUS_OK);
		if (article.reason)
			fail_msg("%s: %s", cases[i].language, article.reason);
		want = xasprintf("%s\n\n%s", cases[i].first, cases[i].second);
		assert_string_equal(article.text, want);
		assert_string_equal(article.language, cases[i].language);
		assert_true(article.quality > 0.2); /* 0.41 in English */
		free(want);
		article_finish(&article);
	}
	buf_finish(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_give_what_is_wanted),
		cmocka_unit_test(an_entry_does_not_change_the_text),
		cmocka_unit_test(captions_stand_below_their_pictures),
		cmocka_unit_test(labels_are_apart_in_the_html),
		cmocka_unit_test(who_is_quoted_stays),
		cmocka_unit_test(a_rule_that_does_not_fit_is_said_and_done_without),
		cmocka_unit_test(says_why_there_is_nothing),
		cmocka_unit_test(a_page_of_scripts_is_poor_and_says_so),
		cmocka_unit_test(the_feed_stands_in_for_a_wall),
		cmocka_unit_test(a_wall_is_no_article),
		cmocka_unit_test(a_site_s_memory_drops_what_recurs),
		cmocka_unit_test(a_site_s_memory_empties_no_article),
		cmocka_unit_test(a_site_s_memory_leaves_the_standfirst),
		cmocka_unit_test(of_several_stories_the_entry_s_is_taken),
		cmocka_unit_test(what_is_not_seen_goes),
		cmocka_unit_test(boxes_that_ask_for_consent_go),
		cmocka_unit_test(labels_and_calls_go),
		cmocka_unit_test(a_rule_decides),
		cmocka_unit_test(a_table_in_a_box_of_its_own_is_amid_the_text),
		cmocka_unit_test(lines_that_belong_to_their_neighbours_come_in),
		cmocka_unit_test(lines_that_lead_away_go),
		cmocka_unit_test(a_short_article_is_one_in_any_script),
	};

	html_heap_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
