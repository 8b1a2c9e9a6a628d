/*
 * A whole edition as a book: a title page, a page for each section, one for each story. Source:
 * EPUB 3.3. Pictures without a copy stay outside, their words stand in their place.
 */
#include "core/date.h"
#include "core/file.h"
#include "core/job.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/body.h"
#include "edition/container.h"
#include "edition/render.h"
#include "edition/xhtml.h"
#include "edition/xml.h"

#include <stdlib.h>
#include <string.h>

/* epub.css, compiled in. */
extern const char epub_css[];

struct book {
	const struct edition *edition;
	const struct words *words;
	struct container *container;
	struct buf manifest, spine, toc;
	struct buf page;
	struct xhtml_images images;
	const char *cover; /* path of a picture in images; NULL: none */
	enum status status;
};

static const char *media_type(const char *name)
{
	const char *extension = strrchr(name, '.') + 1;
	size_t i = 0;

	while (i + 1 < image_type_count && !str_eq(image_types[i].extension, extension))
		i++;
	return image_types[i].type;
}

static void add_file(struct book *book, const char *path, const struct buf *text)
{
	if (book->status == STATUS_OK)
		book->status = container_add(book->container, path, text);
}

static void open_page(struct book *book, const char *language, const char *title)
{
	struct buf *to = &book->page;

	buf_clear(to);
	buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n"
		     "<html xmlns=\"http://www.w3.org/1999/xhtml\" "
		     "xmlns:epub=\"http://www.idpf.org/2007/ops\" xml:lang=\"");
	put_xml(language, to);
	buf_puts(to, "\" lang=\"");
	put_xml(language, to);
	buf_puts(to, "\">\n<head>\n");
	put_xml_element("title", title, to);
	buf_puts(to, "<link rel=\"stylesheet\" type=\"text/css\" href=\"style.css\"/>\n"
		     "</head>\n<body>\n");
}

/* Ends the page and puts it into the book, in the order of reading. */
static void close_page(struct book *book, const char *id)
{
	struct buf path = {0};

	buf_puts(&book->page, "</body>\n</html>\n");
	xml_drop_forbidden(&book->page, 0);
	buf_printf(&path, "EPUB/%s.xhtml", id);
	add_file(book, buf_text(&path), &book->page);
	buf_printf(&book->manifest,
		"<item id=\"%s\" href=\"%s.xhtml\" media-type=\"application/xhtml+xml\"/>\n", id,
		id);
	buf_printf(&book->spine, "<itemref idref=\"%s\"/>\n", id);
	buf_finish(&path);
}

static void put_entry(struct book *book, const char *id, const char *title)
{
	buf_printf(&book->toc, "<a href=\"%s.xhtml\">", id);
	put_xml(title, &book->toc);
	buf_puts(&book->toc, "</a>");
}

static void add_title_page(struct book *book)
{
	const struct edition *edition = book->edition;
	struct buf *to = &book->page;
	struct buf imprint = {0};
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)edition->row.id);
	put_imprint(book->words, edition, edition->row.window_from, " \xC2\xB7 ", &imprint);
	open_page(book, words_tag(book->words), edition->name);
	buf_puts(to, "<div class=\"title\">\n");
	put_xml_element("h1", edition->name, to);
	buf_puts(to, "<p>");
	words_iso_date(book->words, edition->date, to);
	buf_puts(to, " \xC2\xB7 ");
	words_put(book->words, WORD_EDITION, number, to);
	buf_puts(to, "</p>\n<p>");
	put_edition_totals(book->words, edition, " \xC2\xB7 ", to);
	buf_puts(to, "</p>\n<p>");
	put_xml(buf_text(&imprint), to);
	buf_puts(to, "</p>\n</div>\n");
	buf_finish(&imprint);
	buf_puts(&book->toc, "<li>");
	put_entry(book, "title", edition->name);
	buf_puts(&book->toc, "</li>\n");
	close_page(book, "title");
}

static void put_notes_list(const char *const *notes, size_t count, struct buf *to)
{
	size_t i;

	if (count == 0)
		return;
	buf_puts(to, "<ul>\n");
	for (i = 0; i < count; i++)
		put_xml_element("li", notes[i], to);
	buf_puts(to, "</ul>\n");
}

/* Only what is in the book can be led to. */
static void put_references_list(
	const struct words *words, const struct edition_section *section, struct buf *to)
{
	struct buf text = {0};
	size_t i;

	if (section->reference_count > 0)
		buf_puts(to, "<ul>\n");
	for (i = 0; i < section->reference_count; i++) {
		const struct edition_reference *reference = &section->references[i];

		buf_clear(&text);
		put_elsewhere(words, reference, &text);
		buf_puts(to, "<li>");
		put_xml(buf_text(&text), to);
		if (!reference->edition)
			buf_printf(to, "<a href=\"a-%lld.xhtml\">", (long long)reference->id);
		put_xml(reference->title, to);
		buf_puts(to, reference->edition ? "</li>\n" : "</a></li>\n");
	}
	if (section->reference_count > 0)
		buf_puts(to, "</ul>\n");
	buf_finish(&text);
}

static void add_section_page(struct book *book, const struct edition_section *section,
	const struct words *words, const char *id)
{
	struct buf *to = &book->page;
	struct buf title = {0};
	size_t i;

	open_page(book, words_tag(words), section->title);
	put_xml_element("h1", section->title, to);
	buf_puts(to, "<p class=\"facts\">");
	put_totals(words, section, " \xC2\xB7 ", to);
	buf_puts(to, "</p>\n");
	if (section->story_count == 0)
		put_xml_element("p", words_get(words, WORD_EMPTY), to);
	for (i = 0; i < section->story_count; i++) {
		const struct edition_item *item = &section->stories[i].items[0];
		const char *group = group_heading(words, section, i);

		if (group) {
			buf_puts(to, i > 0 ? "</ol>\n" : "");
			put_xml_element("h2", group, to);
		}
		if (group || i == 0)
			buf_printf(to, "<ol class=\"list\" start=\"%zu\">\n", i + 1);
		buf_clear(&title);
		put_title(item, &title);
		buf_printf(to, "<li><a href=\"a-%lld.xhtml\">", (long long)item->id);
		put_xml(buf_text(&title), to);
		buf_puts(to, "</a> (");
		put_xml(item->source, to);
		buf_puts(to, ")</li>\n");
	}
	if (section->story_count > 0)
		buf_puts(to, "</ol>\n");
	put_references_list(words, section, to);
	put_notes_list(section->notes, section->note_count, to);
	close_page(book, id);
	buf_finish(&title);
}

static void put_xml_link(const char *url, const char *text, struct buf *to)
{
	struct buf href = {0};

	if (!str_is_empty(url) && xhtml_put_url(url, &href)) {
		buf_printf(to, "<a href=\"%s\">", buf_text(&href));
		put_xml(text, to);
		buf_puts(to, "</a>");
	} else {
		put_xml(text, to);
	}
	buf_finish(&href);
}

static void put_story_head(struct book *book, const struct words *words,
	const struct edition_item *item, const char *title)
{
	struct buf *to = &book->page;
	struct buf by = {0};

	buf_puts(to, "<p class=\"kicker\">");
	put_xml(item->source, to);
	buf_puts(to, "</p>\n");
	put_xml_element("h1", title, to);
	buf_puts(to, "<p class=\"facts\">");
	if (!str_is_empty(item->byline)) {
		words_put(words, WORD_BY, item->byline, &by);
		put_xml(buf_text(&by), to);
		buf_puts(to, " \xC2\xB7 ");
	}
	put_when(words, book->edition, item, to);
	if (item->words > 0) {
		buf_puts(to, " \xC2\xB7 ");
		words_count(words, COUNTED_MINUTES, item->minutes, to);
	}
	buf_puts(to, "</p>\n");
	buf_finish(&by);
}

static void put_story_foot(struct book *book, const struct words *words,
	const struct edition_story *story, const char *section_id, const char *section_title)
{
	const struct edition_item *item = &story->items[0];
	struct buf *to = &book->page;
	struct buf host = {0}, text = {0};
	const char *name;
	size_t i;

	buf_puts(to, "<div class=\"after\">\n");
	put_xml_element("p", item->note, to);
	for (i = 0; i < item->enclosure_count; i++) {
		buf_printf(to, "<p>%s%s", words_get(words, WORD_ATTACHED), words_colon(words));
		put_xml_link(item->enclosures[i].url, item->enclosures[i].url, to);
		buf_puts(to, "</p>\n");
	}
	for (i = also_next(story, 0); i > 0; i = also_next(story, i)) {
		buf_puts(to, i == 1 ? "<p>" : "; ");
		if (i == 1)
			buf_printf(to, "%s%s", words_get(words, WORD_ALSO), words_colon(words));
		name = also_title(story, i, &text);
		if (name && also_names_source(story, i)) {
			put_xml(story->items[i].source, to);
			buf_puts(to, ", ");
		}
		put_xml_link(story->items[i].url, name ? name : story->items[i].source, to);
		if (!also_next(story, i))
			buf_puts(to, "</p>\n");
	}
	buf_clear(&text);
	put_tags(item, &text);
	if (text.len > 0) {
		buf_printf(to, "<p>%s%s", words_get(words, WORD_TAGS), words_colon(words));
		put_xml(buf_text(&text), to);
		buf_puts(to, "</p>\n");
	}
	if (item->raised_by) {
		buf_clear(&text);
		words_put(words, WORD_RAISED, item->raised_by, &text);
		put_xml_element("p", buf_text(&text), to);
	}
	if (!str_is_empty(item->url)) {
		put_host(item->url, &host);
		buf_clear(&text);
		words_put(words, WORD_ORIGINAL, buf_text(&host), &text);
		buf_puts(to, "<p>");
		put_xml_link(item->url, buf_text(&text), to);
		buf_puts(to, "</p>\n");
	}
	buf_printf(to, "<p><a href=\"%s.xhtml\">", section_id);
	put_xml(section_title, to);
	buf_puts(to, "</a></p>\n</div>\n");
	buf_finish(&host);
	buf_finish(&text);
}

static void put_changed(const char *heading, const char *element, const char *const *texts,
	size_t count, struct buf *to)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (i == 0)
			put_xml_element("h2", heading, to);
		buf_puts(to, "<p>");
		put_xml_element(element, texts[i], to);
		buf_puts(to, "</p>\n");
	}
}

/* Why an article that was printed before is here again. */
static void put_changes(
	const struct words *words, const struct edition_changes *changes, struct buf *to)
{
	struct buf text = {0};

	if (!changes)
		return;
	buf_puts(to, "<div class=\"changes\">\n");
	if (changes->title_before) {
		words_put(words, WORD_TITLE_BEFORE, changes->title_before, &text);
		put_xml_element("p", buf_text(&text), to);
	}
	put_changed(words_get(words, WORD_ADDED), "ins", changes->added, changes->added_count, to);
	put_changed(words_get(words, WORD_REMOVED), "del", changes->removed, changes->removed_count,
		to);
	buf_puts(to, "</div>\n");
	buf_finish(&text);
}

/* The picture that stands for the article, where its text does not show one. */
static void put_lead_image(struct book *book, const struct edition_item *item, struct buf *to)
{
	struct buf image = {0};

	if (!str_is_empty(item->image) && !body_has_image(item->html) &&
		xhtml_put_image(&book->images, item->image, "", &image))
		buf_printf(to, "<p>%s</p>\n", buf_text(&image));
	buf_finish(&image);
}

/* The first picture that stands for an article and is in the book stands for the book, too. */
static void choose_cover(struct book *book, const struct edition_item *item)
{
	const struct edition_image *image =
		book->cover || str_is_empty(item->image)
			? NULL
			: edition_image_find(book->edition, item->image);

	if (image && book->images.is_used[image - book->edition->images])
		book->cover = image->path;
}

static void add_story(struct book *book, const struct edition_section *section,
	const struct words *words, const struct edition_story *story, const char *section_id)
{
	const struct edition_item *item = &story->items[0];
	struct buf *to = &book->page;
	struct buf title = {0};
	char id[32];

	snprintf(id, sizeof(id), "a-%lld", (long long)item->id);
	put_title(item, &title);
	open_page(book, str_is_empty(item->language) ? words_tag(words) : item->language,
		buf_text(&title));
	buf_puts(to, language_is_rtl(item->language) ? "<div dir=\"rtl\">\n" : "<div>\n");
	put_story_head(book, words, item, buf_text(&title));
	if (item->is_update)
		put_xml_element("p", words_get(words, WORD_UPDATED), to);
	if (section->print != PRINT_TITLE) {
		put_changes(words, item->changes, to);
		put_lead_image(book, item, to);
	}
	if (section->print == PRINT_FULL && !str_is_empty(item->html)) {
		buf_puts(to, "<div>");
		xhtml_put(&book->images, item->html, 1, to);
		buf_puts(to, "</div>\n");
	} else if (section->print != PRINT_TITLE) {
		put_xml_element("p", item->excerpt, to);
	}
	choose_cover(book, item);
	put_story_foot(book, words, story, section_id, section->title);
	buf_puts(to, "</div>\n");
	buf_puts(&book->toc, "<li>");
	put_entry(book, id, buf_text(&title));
	buf_puts(&book->toc, "</li>\n");
	close_page(book, id);
	buf_finish(&title);
}

static void add_section(struct book *book, const struct edition_section *section, size_t index)
{
	const struct words *words = words_find(section->language);
	char id[32];
	size_t i;

	snprintf(id, sizeof(id), "s-%zu", index + 1);
	buf_puts(&book->toc, "<li>");
	put_entry(book, id, section->title);
	add_section_page(book, section, words, id);
	if (section->story_count > 0)
		buf_puts(&book->toc, "\n<ol>\n");
	for (i = 0; i < section->story_count; i++)
		add_story(book, section, words, &section->stories[i], id);
	buf_puts(&book->toc, section->story_count > 0 ? "</ol></li>\n" : "</li>\n");
}

static void add_end(struct book *book)
{
	open_page(book, words_tag(book->words), words_get(book->words, WORD_END));
	buf_puts(&book->page, "<div class=\"title\">");
	put_xml_element("p", words_get(book->words, WORD_END), &book->page);
	buf_puts(&book->page, "</div>\n");
	put_notes_list(book->edition->notes, book->edition->note_count, &book->page);
	buf_puts(&book->toc, "<li>");
	put_entry(book, "end", words_get(book->words, WORD_END));
	buf_puts(&book->toc, "</li>\n");
	close_page(book, "end");
}

static void add_contents(struct book *book)
{
	const char *title = words_get(book->words, WORD_CONTENTS);

	open_page(book, words_tag(book->words), title);
	buf_puts(&book->page, "<nav epub:type=\"toc\" id=\"toc\">\n");
	put_xml_element("h1", title, &book->page);
	buf_puts(&book->page, "<ol>\n");
	buf_put(&book->page, buf_text(&book->toc), book->toc.len);
	buf_puts(&book->page, "</ol>\n</nav>\n</body>\n</html>\n");
	xml_drop_forbidden(&book->page, 0);
	add_file(book, "EPUB/nav.xhtml", &book->page);
}

/* Shelves put the editions of a newspaper together, in their order. Source: EPUB 3.3, D.4.2. */
static void put_series(const struct edition *edition, struct buf *to)
{
	buf_puts(to, "<meta property=\"belongs-to-collection\" id=\"paper\">");
	put_xml(edition->name, to);
	buf_printf(to,
		"</meta>\n<meta refines=\"#paper\" property=\"collection-type\">series</meta>\n"
		"<meta refines=\"#paper\" property=\"group-position\">%lld</meta>\n",
		(long long)edition->row.id);
}

/* What a person with a screen reader may expect. Source: EPUB Accessibility 1.1, 2.2. */
static void put_access(bool has_images, struct buf *to)
{
	static const char *const said[][2] = {
		{"accessMode", "textual"},
		{"accessModeSufficient", "textual"},
		{"accessibilityFeature", "tableOfContents"},
		{"accessibilityFeature", "structuralNavigation"},
		{"accessibilityHazard", "none"},
	};
	size_t i;

	if (has_images)
		buf_puts(to, "<meta property=\"schema:accessMode\">visual</meta>\n");
	for (i = 0; i < ARRAY_LEN(said); i++)
		buf_printf(to, "<meta property=\"schema:%s\">%s</meta>\n", said[i][0], said[i][1]);
}

static void add_package(struct book *book)
{
	const struct edition *edition = book->edition;
	struct buf *to = &book->page, text = {0};
	char time[DATE_TEXT_BYTES];

	buf_clear(to);
	buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" "
		     "unique-identifier=\"id\">\n"
		     "<metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
		     "<dc:identifier id=\"id\">");
	buf_printf(&text, "%s\n%s", edition->name, edition->row.name);
	put_urn(buf_text(&text), to);
	buf_puts(to, "</dc:identifier>\n");
	buf_clear(&text);
	buf_printf(&text, "%s, ", edition->name);
	words_iso_date(book->words, edition->date, &text);
	put_xml_element("dc:title", buf_text(&text), to);
	put_xml_element("dc:creator", edition->name, to);
	put_xml_element("dc:language", words_tag(book->words), to);
	date_format(edition->row.window_to, time);
	put_xml_element("dc:date", time, to);
	buf_printf(to, "<meta property=\"dcterms:modified\">%s</meta>\n", time);
	put_series(edition, to);
	put_access(book->images.bytes > 0, to);
	buf_puts(to, "</metadata>\n");
	buf_puts(to, "<manifest>\n<item id=\"nav\" href=\"nav.xhtml\" "
		     "media-type=\"application/xhtml+xml\" properties=\"nav\"/>\n"
		     "<item id=\"style\" href=\"style.css\" media-type=\"text/css\"/>\n");
	buf_put(to, buf_text(&book->manifest), book->manifest.len);
	buf_puts(to, "</manifest>\n<spine>\n");
	buf_put(to, buf_text(&book->spine), book->spine.len);
	buf_puts(to, "</spine>\n</package>\n");
	add_file(book, "EPUB/package.opf", to);
	buf_finish(&text);
}

/* The pictures that pages show, each once: copies have one file. */
static void add_images(struct book *book)
{
	const struct edition *edition = book->edition;
	struct buf path = {0}, bytes = {0};
	size_t i, j, added = 0;

	for (i = 0; i < edition->image_count; i++) {
		const char *file = edition->images[i].path, *name = strchr(file, '/') + 1;

		for (j = 0; j < i &&
			    !(book->images.is_used[j] && str_eq(edition->images[j].path, file));
			j++)
			continue;
		if (!book->images.is_used[i] || j < i)
			continue;
		buf_clear(&path);
		buf_clear(&bytes);
		buf_printf(&path, "%s/%s", edition->images_folder, file);
		if (book->status == STATUS_OK)
			book->status = file_read(buf_text(&path), LIMIT_PAGE_BYTES, &bytes);
		buf_clear(&path);
		buf_printf(&path, "EPUB/images/%s", name);
		add_file(book, buf_text(&path), &bytes);
		buf_printf(&book->manifest,
			"<item id=\"i-%zu\" href=\"images/%s\" media-type=\"%s\"%s/>\n", ++added,
			name, media_type(name),
			book->cover && str_eq(file, book->cover) ? " properties=\"cover-image\""
								 : "");
	}
	buf_finish(&path);
	buf_finish(&bytes);
}

static void add_fixed_files(struct book *book)
{
	static const char container[] =
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<container version=\"1.0\" "
		"xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\n<rootfiles>\n"
		"<rootfile full-path=\"EPUB/package.opf\" "
		"media-type=\"application/oebps-package+xml\"/>\n</rootfiles>\n</container>\n";

	buf_clear(&book->page);
	buf_puts(&book->page, container);
	add_file(book, "META-INF/container.xml", &book->page);
	buf_clear(&book->page);
	buf_puts(&book->page, epub_css);
	add_file(book, "EPUB/style.css", &book->page);
}

enum status render_epub(
	FILE *to, const struct edition *edition, const struct edition_section *section)
{
	struct book book = {.edition = edition, .words = words_find(edition->language)};
	struct buf zip = {0};
	size_t i;

	(void)section; /* a book holds all of them */
	book.images.edition = edition;
	book.images.is_used = xcalloc(edition->image_count + 1, sizeof(bool));
	book.container = container_new("application/epub+zip");
	if (!book.container) {
		free(book.images.is_used);
		return STATUS_IO;
	}
	add_fixed_files(&book);
	add_title_page(&book);
	for (i = 0; i < edition->section_count; i++) {
		/* An empty chapter is none, unless there is nothing else. */
		if (edition->sections[i].story_count > 0 || edition->row.item_count == 0)
			add_section(&book, &edition->sections[i], i);
	}
	add_end(&book);
	add_images(&book);
	add_contents(&book);
	add_package(&book);
	if (container_finish(book.container, &zip) != STATUS_OK)
		book.status = STATUS_IO;
	free(book.images.is_used);
	buf_finish(&book.manifest);
	buf_finish(&book.spine);
	buf_finish(&book.toc);
	buf_finish(&book.page);
	if (book.status != STATUS_OK) {
		buf_finish(&zip);
		return book.status;
	}
	return render_write(to, &zip);
}
