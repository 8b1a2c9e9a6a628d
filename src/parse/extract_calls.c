/* Lines amid an article that are no part of it, known by what they say: labels of advertisements,
 * buttons, credits of pictures, and calls to sign up for a newsletter. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum {
	CALL_WORDS = 30,
	CREDIT_WORDS = 15,
	LONG_CREDIT_WORDS = 60,
	SKIP_WORDS_MIN = 2,
	SKIP_WORDS = 8,
	AGE_WORDS = 7,
	HEAD_WORDS = 6,
	MAIL_WORDS = 6,
	QUESTION_WORDS = 12, /* of a page about itself */
	OPINION_WORDS = 100, /* of it and all behind it */
	FOLLOW_WORDS = 20,
	COPYRIGHT_WORDS = 40,
	FOLLOWS = 4, /* pointers that need not be links */
};

/* All of them may take this share of the chosen words at most. */
static const float calls_share_max = 0.35f;

/* The whole of a label; what has no ASCII letters in it is compared as it stands. */
static const char *const labels[] = {"advertisement", "advertising", "advertorial", "sponsored",
	"sponsored content", "promoted", "anzeige", "werbung", "publicité", "publicidad",
	"pubblicità", "publicidade", "advertentie", "annonse", "annons", "reklama", "reklam",
	"hirdetés", "Реклама", /* Russian */
	"広告",                /* Japanese */
	"广告",                /* Chinese */
	"광고",                /* Korean */
	"continue reading below", "article continues below", "story continues below advertisement",
	"article continues after advertisement", "article continues below advertisement",
	"for immediate release", "subscribers only", "article réservé aux abonnés",
	"réservé aux abonnés", "nur für abonnenten", "solo para suscriptores",
	"a link has been posted to your facebook feed",
	"a tweet has been posted to your twitter account",
	"a link has been sent to your friend's email address",
	"この動画は再生できません", /* Japanese: the video cannot be played */
	"this video cannot be played", "video unavailable", "mainos", "reclame", "inzerce", "iklan",
	"publicitate", "oglas", "διαφήμιση", "ΔΙΑΦΗΜΙΣΗ", "РЕКЛАМА", "פרסומת", "إعلان", "اعلان",
	"विज्ञापन", "โฆษณา", "quảng cáo", "スポンサーリンク", "请继续往下阅读", "請繼續往下閱讀",
	"खबरें और भी हैं", "weiter nach der anzeige", "l'article continue après la publicité",
	"la suite après la publicité", "la suite après cette publicité",
	"continua dopo la pubblicità", "continúa después de la publicidad",
	"continua após a publicidade", "continua depois da publicidade",
	"artikel gaat verder onder advertentie", "artikel gaat verder na advertentie",
	"haberin devamı", "Продолжение после рекламы", "Продовження після реклами"};

/* Likewise, of a line that is no point of a list, no heading and no cell. */
static const char *const buttons[] = {"read more", "learn more", "see more", "show more",
	"click here", "share", "share this", "share this article", "share this story",
	"share this post", "tweet", "print", "copy link", "save", "follow us", "back to top",
	"back to the front page", "back to the homepage", "back to homepage", "back to home",
	"zurück zur startseite", "retour à l'accueil", "volver a la portada", "torna alla home",
	"up vote", "down vote", "upvote", "downvote", "save this question", "to post comments",
	"leave a comment", "view comments", "subscribe", "sign up", "log in", "sign in",
	"listen to this article", "expand description", "source", "weiterlesen", "mehr lesen",
	"teilen", "drucken", "nach oben", "lire la suite", "partager", "imprimer", "leer más",
	"compartir", "imprimir", "leggi tutto", "condividi", "lees meer", "delen", "lire plus tard",
	"ajouter à vos sélections", "シェアする", "共有", /* Japanese */
	"แชร์", "คัดลอกลิงก์",                                /* Thai */
	"공유하기", /* Korean */ "artikel teilen", "link kopieren", "en savoir plus",
	"partager l'article", "seguir leyendo", "continua a leggere", "leggi di più", "partilhar",
	"compartilhar", "leia mais", "ler mais", "saiba mais", "lees verder", "deel dit artikel",
	"dela", "läs mer", "læs mere", "les mer", "lue lisää", "udostępnij", "czytaj więcej",
	"czytaj dalej", "sdílet", "číst dále", "megosztás", "tovább olvasom", "citește mai mult",
	"paylaş", "devamını oku", "bagikan", "baca selengkapnya", "chia sẻ", "đọc tiếp", "xem thêm",
	"Поделиться", "Читать далее", "Подробнее", "Поділитися", "Читати далі", "Докладніше", "שתף",
	"קרא עוד", "مشاركة", "شارك", "اقرأ المزيد", "ادامه مطلب", "शेयर करें", "और पढ़ें", "続きを読む",
	"もっと見る", "シェア", "分享", "阅读更多", "閱讀更多", "展开全文", "展開全文", "더 보기",
	"더보기"};

/* What a picture's credit begins with, and what follows. */
static const char *const pictures[] = {"photo", "photos", "photograph", "image", "images",
	"picture", "top image", "top photo", "main image", "lead image", "featured image",
	"feature image", "header image", "cover image", "foto", "bild", "imagen", "immagine"};
static const char *const credits[] = {
	":", " credit:", " credits:", " by ", " source:", " courtesy ", " via ", " \xC2\xA9"};

/* Who took it, as a line of a picture ends in East Asia. */
static const char *const takers[] = {" 摄", " 攝", "摄影", "攝影", "撮影"};

/* One behind the other, what a call has: a paragraph about newsletters says it otherwise. */
struct call {
	const char *first, *second;
};

static const struct call calls[] = {
	{"sign up for", "newsletter"},
	{"sign up to", "newsletter"},
	{"sign up", "in your inbox"},
	{"sign up", "to your inbox"},
	{"subscribe to our", "newsletter"},
	{"subscribe to the", "newsletter"},
	{"subscribe to get", "inbox"},
	{"subscribe", "mailing list"},
	{"join our", "mailing list"},
	{"join our", "newsletter"},
	{"join the", "mailing list"},
	{"get the", "in your inbox"},
	{"straight to", "inbox"},
	{"newsletter", "sign up here"},
	{"newsletter", "abonnieren"},
	{"abonnieren sie", "newsletter"},
	{"melden sie sich", "newsletter"},
	{"abonnez-vous", "newsletter"},
	{"inscrivez-vous", "newsletter"},
	{"suscríbete", "newsletter"},
	{"suscríbete", "bolet"},
	{"iscriviti", "newsletter"},
	{"assine", "newsletter"},
	{"inscreva-se", "newsletter"},
	{"subscreva", "newsletter"},
	{"apúntate", "newsletter"},
	{"zapisz się", "newsletter"},
	{"přihlaste se", "newsletter"},
	{"abonează-te", "newsletter"},
};

/* ... in languages whose word for a newsletter is no phrase of the blocks. */
static const struct call other_calls[] = {
	{"meld je aan", "nieuwsbrief"},
	{"schrijf je in", "nieuwsbrief"},
	{"prenumerera på", "nyhetsbrev"},
	{"tilmeld dig", "nyhedsbrev"},
	{"meld deg på", "nyhetsbrev"},
	{"iratkozzon fel", "hírlevel"},
	{"iratkozz fel", "hírlevel"},
	{"bültenimize", "abone ol"},
	{"Подпишитесь на", "рассылк"},
	{"Подписывайтесь на", "канал"},
	{"Підпишіться на", "розсилк"},
	{"Підписуйтесь на", "канал"},
	{"اشترك", "نشرتنا"},
	{"뉴스레터", "구독하세요"},
	{"立即訂閱", "電子報"},
	{"voit keskustella aiheesta", " saakka"},
};

/* What a site says of its business amid a text: the beginning, and what follows. */
static const char *const notices[][2] = {{"may earn ", "commission"}, {"you have read ", "free "},
	{"you've read ", "free "}, {"you’ve read ", "free "}};

/* What a paragraph begins with that points at other places to read. */
static const char *const pointers[] = {"follow us on ", "find us on ", "like us on ",
	"ติดตามข่าวสาร", /* Thai: follow the news */
	"more: ", "related: ", "read more: ", "also read: ", "read also: ", "see also: ",
	"mehr zum thema: ", "lesen sie auch: ", "lire aussi : ", "lire aussi: ", "leggi anche: ",
	"lea también: ", "lire aussi | ", "อ่านเพิ่มเติม ", "อ่านต่อ ", /* Thai: read more */
	"延伸閱讀：", "延伸阅读："};

/* The page asks what is thought of it: a beginning, what it calls itself, an end. */
static const char *const asks[] = {"was this ", "is this ", "did this ", "did you find this ",
	"war diese ", "war dieser ", "war dieses ", "cette ", "cet ", "was dit ", "¿te ha "};
static const char *const selves[] = {"page ", "article ", "answer ", "content ", "document ",
	"guide ", "information ", "story ", "topic ", "section ", "seite ", "artikel ", "antwort ",
	"resultado ", "sido "};
static const char *const opinions[] = {"helpful", "useful", "help ", "hilfreich", "nützlich",
	"vous a-t-", "nuttig", "útil", "de utilidad"};

/* Behind the one of these words that a text begins with; itself where there is none. */
static const char *skip_one(const char *text, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (str_istarts(text, list[i]))
			return text + strlen(list[i]);
	}
	return text;
}

static bool is_one_of(const char *text, size_t len, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strlen(list[i]) == len && str_istarts(text, list[i]))
			return true;
	}
	return false;
}

static bool is_label(const char *text, size_t len)
{
	while (len > 0 && !str_is_alpha(text[len - 1]) && (unsigned char)text[len - 1] < 0x80)
		len--; /* "Advertisement:" */
	if (str_istarts(text, "advertisement · "))
		return true; /* "Scroll to continue" */
	return is_one_of(text, len, labels, ARRAY_LEN(labels));
}

bool extraction_is_ad_label(const struct page_blocks *page, size_t i)
{
	return is_label(block_text(page, i), page->blocks[i].len);
}

static bool is_button(enum tag tag, const char *text, size_t len)
{
	if (tag == TAG_HEADING || tag == TAG_CELL || tag == TAG_TERM || tag == TAG_ITEM ||
		tag == TAG_PRE)
		return false;
	return is_one_of(text, len, buttons, ARRAY_LEN(buttons));
}

/* Several buttons side by side, the first of which is known: "Up vote Save this". */
static bool is_row_of_buttons(const struct block *block, const char *text)
{
	bool is_pressed = block->button_words >= block->words ||
			  (block->button_words > 0 &&
				  block->button_words + block->link_words >= block->words);
	size_t i;

	for (i = 0; i < ARRAY_LEN(buttons) && is_pressed; i++) {
		if (str_istarts(text, buttons[i]) && text[strlen(buttons[i])] == ' ')
			return true;
	}
	return false;
}

/* "Top image credit: " and a sentence or two on what it shows and whose it is. */
static bool is_long_credit(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(pictures); i++) {
		if (str_istarts(text, pictures[i]) &&
			(str_istarts(text + strlen(pictures[i]), " credit:") ||
				str_istarts(text + strlen(pictures[i]), " credits:")))
			return true;
	}
	return false;
}

/* "Photo: A. Name/Agency", "(Top image credit: Agency)"; no sentence. */
static bool is_credit(const struct block *block, const char *text)
{
	size_t i, k;

	if (block->words > CREDIT_WORDS || block->words < 2 || block->stops > 1)
		return false;
	for (i = 0; i < ARRAY_LEN(takers); i++) {
		if (str_ends(text, takers[i]))
			return true;
	}
	text += strspn(text, "([ ");
	for (i = 0; i < ARRAY_LEN(pictures); i++) {
		if (!str_istarts(text, pictures[i]))
			continue;
		for (k = 0; k < ARRAY_LEN(credits); k++) {
			if (str_istarts(text + strlen(pictures[i]), credits[k]))
				return true;
		}
	}
	return false;
}

/* "3/12" of a gallery. */
static bool is_counter(const char *text)
{
	size_t digits = strspn(text, "0123456789"), gap = strspn(text + digits, " /");

	return digits > 0 && memchr(text + digits, '/', gap) &&
	       text[digits + gap + strspn(text + digits + gap, "0123456789")] == '\0' &&
	       str_is_digit(text[digits + gap]);
}

/* "Share on Facebook", and the next one run into it. */
static bool is_share(const struct block *block, const char *text)
{
	return block->links > 0 && block->link_words >= block->words &&
	       (str_istarts(text, "share on ") || str_istarts(text, "share via ") ||
		       str_istarts(text, "teilen auf ") || str_istarts(text, "partager sur ") ||
		       str_istarts(text, "compartir en "));
}

/* Links to share a page by, run together, in whatever language: two services' names and no
 * sentence. */
static bool is_row_of_services(const struct block *block, const char *text)
{
	static const char *const services[] = {"facebook", "twitter", "whatsapp", "telegram",
		"linkedin", "pinterest", "reddit", "tumblr", "delicious", "digg", "stumbleupon",
		"google+", "myspace", "vkontakte", "xing", "bluesky", "mastodon"};
	size_t i, found = 0;

	if (block->links < 2 || block->link_words * 2 < block->words || block->stops > 0 ||
		block->commas > 0)
		return false;
	for (i = 0; i < ARRAY_LEN(services); i++)
		found += str_ifind(text, services[i]) != NULL;
	return found >= 2;
}

/* "2 hours ago", "Updated 3h ago": true when the page was fetched. */
static bool is_age(const struct block *block, const char *text)
{
	const char *ago = block->words <= AGE_WORDS ? str_ifind(text, " ago") : NULL;

	if (!ago || block->digits == 0)
		return false;
	ago += strlen(" ago");
	return (*ago == '\0' || *ago == ' ') &&
	       (str_is_digit(*text) || str_istarts(text, "updated ") ||
		       str_istarts(text, "published "));
}

/* Beside a player that stays behind: "See earlier coverage in the video player above". */
static bool is_player(enum tag tag, const struct block *block, const char *text)
{
	if (block->words <= CREDIT_WORDS && block->stops <= 1 &&
		(str_istarts(text, "see ") || str_istarts(text, "watch ") ||
			str_istarts(text, "the video ") || str_istarts(text, "video above: ")) &&
		(str_ifind(text, "video above") || str_ifind(text, "video player above")))
		return true;
	return tag != TAG_ITEM && tag != TAG_CELL && block->words <= CREDIT_WORDS &&
	       (str_istarts(text, "watch: ") || str_istarts(text, "listen: ") ||
		       str_istarts(text, "video: "));
}

static bool is_notice(const char *text)
{
	size_t i;

	if (str_ifind(text, "for your personal, non-commercial use") ||
		str_ifind(text, "transcripts are machine"))
		return true;
	if (str_istarts(text, "we may "))
		text += strlen("we ");
	for (i = 0; i < ARRAY_LEN(notices); i++) {
		if (str_istarts(text, notices[i][0]) && str_ifind(text, notices[i][1]))
			return true;
	}
	return false;
}

/* To those whose reader runs no scripts. */
static bool asks_for_scripts(const char *text)
{
	static const char *const words[] = {"javascript must be enabled", "enable javascript",
		"javascript is disabled", "javascript is not enabled", "javascript is required",
		"requires javascript", "javascript to be enabled", "aktivieren sie javascript",
		"activer javascript", "activez javascript"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ifind(text, words[i]))
			return true;
	}
	return false;
}

static bool is_quoted(const char *text, const char *at)
{
	static const char *const marks[] = {"\"", "\xE2\x80\x9C", "\xE2\x80\x98", "\xC2\xAB"};
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(marks); i++) {
		len = strlen(marks[i]);
		if ((size_t)(at - text) >= len && strncmp(at - len, marks[i], len) == 0)
			return true;
	}
	return false;
}

/* A text that quotes a call is none itself, without a link or a button to follow it. */
static bool is_call(
	const struct block *block, const char *text, const struct call *list, size_t count)
{
	const char *found;
	size_t i;

	for (i = 0; i < count; i++) {
		found = str_ifind(text, list[i].first);
		if (found && block->links == 0 && block->button_words == 0 &&
			is_quoted(text, found))
			continue;
		if (found && str_ifind(found + strlen(list[i].first), list[i].second))
			return true;
	}
	return false;
}

/* What a system puts around each of its messages or articles, before a link. */
static const char *const neighbours[] = {
	"previous message: ", "next message: ", "messages sorted by: ", "previous article: ",
	"next article: ", "previous post: ", "next post: "};

/* "More: a headline", all of it a link but for the label. */
static bool is_pointer(enum tag tag, const struct block *block, const char *text)
{
	size_t i;

	if (block->links == 0)
		return false;
	if (skip_one(text, neighbours, ARRAY_LEN(neighbours)) != text)
		return true;
	if (tag == TAG_ITEM || tag == TAG_CELL || tag == TAG_TERM)
		return false;
	for (i = 0; i < ARRAY_LEN(pointers); i++) {
		if (str_istarts(text, pointers[i]))
			return i < FOLLOWS ||
			       block->link_words + count_words(pointers[i]) + 1 >= block->words;
	}
	return false;
}

/* "Copyright 2026 by the Agency. All rights reserved." */
static bool is_copyright(const struct block *block, const char *text)
{
	static const char *const signs[] = {
		"copyright ", "\xC2\xA9", "(c) ", "\xE2\x80\x94", "\xE2\x80\x93", "by ", " "};
	const char *rest = text, *before = NULL;

	while (rest != before) {
		before = rest;
		rest = skip_one(rest, signs, ARRAY_LEN(signs));
	}
	return block->words <= COPYRIGHT_WORDS && block->phrases & (1u << PHRASE_COPYRIGHT) &&
	       (strspn(rest, "0123456789") == 4 || str_istarts(rest, "the ") ||
		       str_ifind(rest, "rights reserved")) &&
	       rest != text;
}

/* "Follow Ada Lind on Twitter: @adalind", "Contact Ada Lind at ada@example.org", "To contact the
 * reporters on this story: ..." */
static bool is_contact(const struct block *block, const char *text)
{
	static const char *const starts[] = {"to contact the reporter", "to contact the writer",
		"to contact the author", "to contact the editor", "for comments and feedback"};
	const char *at = strchr(text, '@');

	if (block->words > CALL_WORDS)
		return false;
	if (skip_one(text, starts, ARRAY_LEN(starts)) != text)
		return true;
	if (str_istarts(text, "follow ") && str_istarts(text + strlen("follow "), "the "))
		return false;
	return ((str_istarts(text, "follow ") &&
			(at || strstr(text, "://") || str_ifind(text, " on twitter") ||
				str_ifind(text, " on facebook"))) ||
		       (str_istarts(text, "contact ") && at && at[-1] != ' ')) &&
	       block->words <= FOLLOW_WORDS;
}

/* What a paper says of an article or its writer at the end: "Follow our coverage of the sea at
 * ...", "This article originally appeared on ...", "Ada Lind covers the sea. Reach her at ada@ ..."
 */
static bool is_imprint(const struct block *block, const char *text)
{
	const char *at = strchr(text, '@');

	if (str_istarts(text, "follow ") && str_ifind(text, " coverage "))
		return true;
	if ((str_istarts(text, "this article ") || str_istarts(text, "this story ")) &&
		str_ifind(text, "originally appeared "))
		return true;
	if (str_istarts(text, "read the original article on "))
		return true;
	if (is_copyright(block, text) || is_contact(block, text) ||
		(block->phrases & (1u << PHRASE_COPYRIGHT) && block->words <= CREDIT_WORDS &&
			strstr(text, "\xC2\xA9")))
		return true;
	/* the writer's name and address */
	if (block->words <= MAIL_WORDS && block->stops == 0 && at > text && at[-1] != ' ' &&
		str_is_alpha(at[1]) && !strchr(at, ' ') && strchr(at, '.') && strchr(text, ' ') &&
		!strpbrk(text, ":<+"))
		return true;
	return at > text && at[-1] != ' ' && str_is_alpha(at[1]) && block->words <= CALL_WORDS &&
	       (str_ifind(text, "reach him at ") || str_ifind(text, "reach her at ") ||
		       str_ifind(text, "reach them at ") || str_ifind(text, "can be reached at "));
}

/* "Become a member", a link amid two sentences or fewer. */
static bool asks_for_money(const struct block *block, const char *text)
{
	static const char *const words[] = {"become a member", "become a supporter",
		"become a patron", "support us on ", "buy me a coffee", "make a donation",
		"jetzt mitglied werden", "faites un don"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words) && block->links > 0; i++) {
		if (str_ifind(text, words[i]))
			return true;
	}
	return false;
}

/* Within the brackets of East Asian labels: who edited it, where mistakes are reported. */
static bool is_bracketed(const struct block *block, const char *text)
{
	return block->words <= CREDIT_WORDS && str_starts(text, "【") && str_ends(text, "】");
}

/* "Do you know more? Write to news@example.org" */
static const char *const questions[] = {"do you ", "have you ", "did you ", "got a ", "are you ",
	"haben sie ", "avez-vous ", "tienes ", "hai ", "masz "};

static bool asks_for_mail(const struct block *block, const char *text)
{
	const char *question = strchr(text, '?'), *at = question ? strchr(question, '@') : NULL;

	return block->words <= CALL_WORDS && at && str_is_alpha(at[1]) && at[-1] != ' ' &&
	       skip_one(text, questions, ARRAY_LEN(questions)) != text;
}

/* "Continue reading the main story": leads past a box or back to the top. */
bool extraction_is_skip_link(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;

	return (tag == TAG_P || tag == TAG_DIV) && block->links == 1 && block->anchors == 1 &&
	       block->link_words >= block->words && block->words >= SKIP_WORDS_MIN &&
	       block->words <= SKIP_WORDS && !str_ends(block_text(page, i), ":");
}

static bool is_furniture(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;
	const char *text = block_text(page, i);

	return is_label(text, block->len) || is_button(tag, text, block->len) ||
	       is_row_of_buttons(block, text) || is_credit(block, text) || is_counter(text) ||
	       extraction_is_skip_link(page, i) || is_share(block, text) || is_age(block, text) ||
	       is_player(tag, block, text) || is_pointer(tag, block, text) ||
	       is_imprint(block, text) || asks_for_money(block, text) ||
	       is_bracketed(block, text) || asks_for_mail(block, text) || is_notice(text) ||
	       is_row_of_services(block, text) ||
	       (block->phrases & (1u << PHRASE_COOKIE) && asks_for_scripts(text)) ||
	       is_call(block, text, other_calls, ARRAY_LEN(other_calls)) ||
	       (block->phrases & (1u << PHRASE_SUBSCRIBE) &&
		       is_call(block, text, calls, ARRAY_LEN(calls)));
}

static bool asks_for_opinion(const struct block *block, const char *text)
{
	const char *rest;

	if (block->words > QUESTION_WORDS || !strchr(text, '?'))
		return false;
	rest = skip_one(text, asks, ARRAY_LEN(asks));
	if (rest == text)
		return false;
	rest = skip_one(rest, selves, ARRAY_LEN(selves));
	return skip_one(rest, opinions, ARRAY_LEN(opinions)) != rest;
}

/* "Was this page helpful?" and all behind it go, where that is little: buttons and thanks. */
void extraction_drop_opinions(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, end = page->block_count;
	float words = 0;

	for (i = page->block_count; i-- > 0;) {
		words += x->kept[i] ? page->blocks[i].words : 0;
		if (words > OPINION_WORDS)
			break;
		if (x->kept[i] && asks_for_opinion(&page->blocks[i], block_text(page, i)))
			end = i;
	}
	for (i = end; i < page->block_count; i++)
		x->kept[i] = false;
}

/* "Help us" above a call, with it alone in a box. */
static bool heads_call(const struct page_blocks *page, size_t i, size_t call)
{
	const struct element *own = &page->elements[page->blocks[call].element];
	const struct element *box = &page->elements[own->parent];

	return box->first_block == i && box->end_block == call + 1 &&
	       page->blocks[i].words <= HEAD_WORDS && page->blocks[i].stops == 0;
}

void extraction_drop_calls(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	bool *is_found = xcalloc(page->block_count + 1, sizeof(*is_found));
	float all = 0, words = 0;
	size_t i;

	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];

		if (!x->kept[i])
			continue;
		all += block->words;
		is_found[i] = (block->words <= CALL_WORDS && is_furniture(page, i)) ||
			      (block->words <= LONG_CREDIT_WORDS &&
				      is_long_credit(block_text(page, i))) ||
			      extraction_is_count(x, i);
		words += is_found[i] ? block->words : 0;
		/* of short posts they are half */
		is_found[i] = is_found[i] || extraction_heads_post(x, i);
	}
	for (i = 0; i < page->block_count && words <= all * calls_share_max; i++) {
		if (!x->kept[i] || !is_found[i])
			continue;
		x->kept[i] = false;
		if (i > 0 && heads_call(page, i - 1, i))
			x->kept[i - 1] = false;
	}
	free(is_found);
}
