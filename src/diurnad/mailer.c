#include "diurnad/mailer.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/verdict.h"
#include "edition/file.h"
#include "edition/mime.h"
#include "edition/spool.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

extern char **environ;

enum {
	DAY_S = 24 * 3600,
	GIVE_UP_S = 5 * DAY_S, /* RFC 5321, 4.5.4.1: at least 4 to 5 days */
	CONNECT_S = 30,
	ANSWER_S = 600, /* RFC 5321, 4.5.3.2.6: for the answer to the end of a mail */
	SESSION_S = 3600,
	ANSWERS_BYTES = 1024 * 1024, /* of all answers together; a dialogue has a few hundred */
	LOGIN_WORD = 8, /* a shorter word of a login may well stand in an answer to it */
};

/* One mail on its way. */
struct delivery {
	const struct config *config;
	struct spooled *mail;
	struct buf text; /* lines end in LF */
	struct buf from; /* bare addresses */
	struct buf to;
	struct buf sent;  /* for SMTP: the text with CRLF */
	size_t at;        /* so far, of sent */
	bool is_handed;   /* the receiver has all of it */
	bool is_unsure;   /* and its answer will not be known */
	size_t heard;     /* bytes of answers */
	char *password;   /* NULL: none */
	struct buf login; /* the last word said of a login; empty: nobody is logging in */
	char answer[300]; /* the receiver's last line, or what went wrong */
};

/* From here on the receiver may accept it at any moment. */
static bool hand_over(struct delivery *d)
{
	if (spool_set(d->config, d->mail, SPOOL_SENDING, clock_now()) != STATUS_OK) {
		snprintf(d->answer, sizeof(d->answer), "it cannot be marked: %s", strerror(errno));
		return false;
	}
	d->is_handed = true;
	return true;
}

/* SMTP */

static size_t on_read(char *to, size_t size, size_t count, void *context)
{
	struct delivery *d = context;
	size_t len = d->sent.len - d->at;

	if (len == 0)
		return d->is_handed || hand_over(d) ? 0 : CURL_READFUNC_ABORT;
	if (len > size * count)
		len = size * count;
	memcpy(to, d->sent.data + d->at, len);
	d->at += len;
	return len;
}

/* What a server may repeat of it, is none of the log's business. */
static void note_login(struct delivery *d, const char *line, size_t len)
{
	static const char *const others[] = {"EHLO ", "HELO ", "MAIL ", "QUIT"};
	size_t i, at;

	for (i = 0; i < ARRAY_LEN(others); i++) {
		if (len >= strlen(others[i]) && memcmp(line, others[i], strlen(others[i])) == 0) {
			buf_clear(&d->login);
			return;
		}
	}
	while (len > 0 && str_is_space(line[len - 1]))
		len--;
	for (at = len; at > 0 && !str_is_space(line[at - 1]);)
		at--;
	buf_clear(&d->login);
	buf_put(&d->login, line + at, len - at);
}

static bool repeats_login(const struct delivery *d)
{
	return (d->login.len >= LOGIN_WORD && strstr(d->answer, buf_text(&d->login))) ||
	       (!str_is_empty(d->password) && strstr(d->answer, d->password));
}

/* What the server said last. */
static void take_answer(struct delivery *d, const char *line, size_t len)
{
	while (len > 0 && str_is_space(line[len - 1]))
		len--;
	snprintf(d->answer, sizeof(d->answer), "%.*s", (int)(len < 250 ? len : 250), line);
	if (repeats_login(d))
		snprintf(d->answer, sizeof(d->answer), "%.3s, and what was said to log in", line);
}

static int on_line(CURL *easy, curl_infotype type, char *data, size_t len, void *context)
{
	struct delivery *d = context;

	(void)easy;
	if (type == CURLINFO_HEADER_OUT && d->config->mail.user)
		note_login(d, data, len);
	if (type != CURLINFO_HEADER_IN)
		return 0;
	d->heard += len;
	/* 221 says goodbye, also after a no. */
	if (len <= 3 || strncmp(data, "221", 3) != 0)
		take_answer(d, data, len);
	return 0;
}

/* Not every version of libcurl has a bound of its own for answers. */
static int on_progress(
	void *context, curl_off_t down, curl_off_t downloaded, curl_off_t up, curl_off_t uploaded)
{
	const struct delivery *d = context;

	(void)down, (void)downloaded, (void)up, (void)uploaded;
	return d->heard > ANSWERS_BYTES;
}

static char *read_password(const struct config_mail *mail)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	char *path, *password;

	if (mail->password_file || !credentials)
		return mail->password_file ? file_first_line(mail->password_file) : NULL;
	path = xasprintf("%s/mail-password", credentials);
	password = file_first_line(path);
	free(path);
	return password;
}

static void log_in(CURL *easy, struct delivery *d)
{
	const struct config_mail *mail = &d->config->mail;

	if (!mail->user)
		return;
	d->password = read_password(mail);
	if (!d->password)
		log_warning("mail: no password for %s can be read; mail { password-file } names it",
			log_visible(mail->user));
	curl_easy_setopt(easy, CURLOPT_USERNAME, mail->user);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, d->password ? d->password : "");
}

static void set_up(CURL *easy, struct delivery *d, const struct curl_slist *recipients)
{
	static const long levels[] = {[MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
		[MAIL_TLS_TRIED] = CURLUSESSL_TRY,
		[MAIL_TLS_OFF] = CURLUSESSL_NONE};
	const struct config_mail *mail = &d->config->mail;

	curl_easy_setopt(easy, CURLOPT_URL, mail->server);
	curl_easy_setopt(easy, CURLOPT_USE_SSL, levels[mail->tls]);
	if (mail->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, mail->ca_file);
	log_in(easy, d);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* the environment is not asked */
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(easy, CURLOPT_FTP_RESPONSE_TIMEOUT, (long)ANSWER_S);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)SESSION_S);
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, buf_text(&d->from));
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, d);
	curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_line);
	curl_easy_setopt(easy, CURLOPT_DEBUGDATA, d);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, d);
}

static void put_crlf(const struct buf *text, struct buf *to)
{
	size_t i;

	for (i = 0; i < text->len; i++) {
		if (text->data[i] == '\n')
			buf_putc(to, '\r');
		buf_putc(to, text->data[i]);
	}
}

static bool send_smtp(struct delivery *d)
{
	CURL *easy = curl_easy_init();
	struct curl_slist *recipients = curl_slist_append(NULL, buf_text(&d->to));
	char error[CURL_ERROR_SIZE] = "";
	long code = 0;
	CURLcode result;

	put_crlf(&d->text, &d->sent);
	set_up(easy, d, recipients);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
	result = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
	if (result != CURLE_OK) {
		/* An answer of 4xx or 5xx is a clear no; no answer after the end is nothing. */
		d->is_unsure = d->is_handed && (code < 400 || code > 599);
		if (d->heard > ANSWERS_BYTES)
			snprintf(d->answer, sizeof(d->answer), "its answers have no end");
		else if (code < 400 || code > 599 || !*d->answer)
			snprintf(d->answer, sizeof(d->answer), "%s",
				*error ? verdict_plain(error) : curl_easy_strerror(result));
	}
	curl_slist_free_all(recipients);
	curl_easy_cleanup(easy);
	return result == CURLE_OK;
}

/* A program that takes it on its standard input */

static pid_t start_sendmail(const struct delivery *d, int *to)
{
	const char *program = d->config->mail.sendmail;
	char *argv[] = {(char *)program, (char *)"-i", (char *)"-f", (char *)buf_text(&d->from),
		(char *)"--", (char *)buf_text(&d->to), NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t ignored;
	int ends[2], err;
	pid_t pid = -1;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &ignored);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	err = posix_spawn(&pid, program, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(ends[0]);
	*to = ends[1];
	if (err == 0)
		return pid;
	close(ends[1]);
	errno = err;
	return -1;
}

static bool write_all(int fd, const struct buf *text)
{
	size_t at = 0;

	while (at < text->len) {
		ssize_t n = write(fd, text->data + at, text->len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static bool send_by_program(struct delivery *d)
{
	int to, state = 0;
	pid_t pid = start_sendmail(d, &to);
	bool is_whole;

	if (pid < 0) {
		snprintf(d->answer, sizeof(d->answer), "%s: %s", d->config->mail.sendmail,
			strerror(errno));
		return false;
	}
	is_whole = write_all(to, &d->text) && hand_over(d);
	if (!is_whole)
		kill(pid, SIGKILL); /* it must not take a half for the whole */
	close(to);
	while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
		continue;
	d->is_unsure = d->is_handed && !WIFEXITED(state);
	if (d->is_handed || !*d->answer)
		snprintf(d->answer, sizeof(d->answer), "%s ended with %s %d",
			d->config->mail.sendmail, WIFEXITED(state) ? "code" : "signal",
			WIFEXITED(state) ? WEXITSTATUS(state) : WTERMSIG(state));
	return is_whole && WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

/* A Maildir: written in tmp, then moved to new. Source: maildir(5). */

static enum status write_text(FILE *to, const void *context)
{
	const struct buf *text = context;

	return fwrite(text->data, 1, text->len, to) == text->len ? STATUS_OK : STATUS_IO;
}

static bool put_into_maildir(struct delivery *d)
{
	static const char *const parts[] = {"cur", "new", "tmp"};
	const char *maildir = d->config->mail.maildir;
	char *folder = xasprintf("%s/tmp", maildir), *into = xasprintf("%s/new", maildir);
	char *name = xasprintf("%s.diurna", d->mail->base);
	char *from = xasprintf("%s/%s", folder, name), *to = xasprintf("%s/%s", into, name);
	bool is_done = true;
	size_t i;

	for (i = 0; is_done && i < ARRAY_LEN(parts); i++) {
		char *part = xasprintf("%s/%s", maildir, parts[i]);

		is_done = folder_make(part) == STATUS_OK;
		free(part);
	}
	is_done = is_done && file_write(folder, name, write_text, &d->text) == STATUS_OK;
	if (!is_done)
		snprintf(d->answer, sizeof(d->answer), "%s: %s", from, strerror(errno));
	else if (!hand_over(d))
		is_done = false;
	else if (rename(from, to) != 0 || folder_sync(into) != STATUS_OK) {
		snprintf(d->answer, sizeof(d->answer), "%s: %s", to, strerror(errno));
		is_done = false;
	} else {
		snprintf(d->answer, sizeof(d->answer), "%s", to);
	}
	free(folder);
	free(into);
	free(name);
	free(from);
	free(to);
	return is_done;
}

/* the spool */

static void set_state(struct delivery *d, enum spool_state state)
{
	if (spool_set(d->config, d->mail, state, clock_now()) != STATUS_OK)
		log_err("mail %s: its file cannot be renamed: %s", d->mail->base, strerror(errno));
}

static void log_unsure(const struct spooled *mail)
{
	log_warning("mail %s: cut off before the answer came; it may have arrived and is not sent "
		    "again, unless its file is renamed to .eml",
		mail->base);
}

/* False: it waits for another try. */
static bool settle(struct delivery *d, bool is_accepted)
{
	const char *base = d->mail->base, *answer = log_visible(d->answer);
	const char *to = log_visible(buf_text(&d->to));

	if (!is_accepted)
		spool_say(d->config, d->mail, answer);
	if (is_accepted) {
		set_state(d, SPOOL_SENT);
		log_info("mail %s to %s: accepted: %s", base, to, answer);
	} else if (d->is_unsure) {
		set_state(d, SPOOL_UNSURE);
		log_warning("mail %s to %s: %s", base, to, answer);
		log_unsure(d->mail);
	} else if (clock_now() - d->mail->at > GIVE_UP_S) {
		set_state(d, SPOOL_FAILED);
		log_err("mail %s to %s: %s; given up after 5 days", base, to, answer);
	} else {
		if (d->is_handed)
			set_state(d, SPOOL_WAITING);
		log_warning("mail %s to %s: %s; it is tried again", base, to, answer);
		return false;
	}
	return true;
}

static bool deliver(const struct config *config, struct spooled *mail)
{
	struct delivery d = {.config = config, .mail = mail};
	char *folder = spool_folder(config);
	char *path = xasprintf("%s/%s.eml", folder, mail->base);
	bool is_accepted = false, is_settled;

	if (file_read(path, LIMIT_JOB_BYTES, &d.text) != STATUS_OK) {
		snprintf(d.answer, sizeof(d.answer), "%s: %s", path, strerror(errno));
	} else {
		/* The sender stands in the mail: it was fixed when it was written. */
		mime_read_address(buf_text(&d.text), "From", &d.from);
		mime_bare_address(mail->recipient, &d.to);
		is_accepted = config->mail.server     ? send_smtp(&d)
			      : config->mail.sendmail ? send_by_program(&d)
						      : put_into_maildir(&d);
	}
	is_settled = settle(&d, is_accepted);
	buf_finish(&d.text);
	buf_finish(&d.from);
	buf_finish(&d.to);
	buf_finish(&d.sent);
	buf_finish(&d.login);
	free(d.password);
	free(path);
	free(folder);
	return is_settled;
}

/* What was sent leaves no word, of what was not somebody had a month to take care. */
static void remove_old(const struct config *config, const struct spooled *mail)
{
	if (spool_remove_old(config, mail, clock_now()) && mail->state != SPOOL_SENT)
		log_notice("mail %s: removed, it was %s a month ago", mail->base,
			mail->state == SPOOL_FAILED ? "given up" : "cut off");
}

/* One mailer at a time, also when a daemon that was killed has left its own. */
static int lock_spool(const char *folder)
{
	char *path = xasprintf("%s/lock", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	free(path);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int mailer_run(const struct config *config)
{
	char *folder = spool_folder(config);
	int lock = lock_spool(folder), code = EX_OK;
	struct spooled *list = NULL;
	size_t count = 0, i;

	if (lock < 0 || spool_list(config, &list, &count) != STATUS_OK)
		code = EX_TEMPFAIL;
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	for (i = 0; i < count; i++) {
		struct delivery d = {.config = config, .mail = &list[i]};

		if (list[i].state == SPOOL_SENDING) {
			set_state(&d, SPOOL_UNSURE);
			log_unsure(&list[i]);
		} else if (list[i].state == SPOOL_WAITING && list[i].recipient) {
			if (!deliver(config, &list[i]))
				code = EX_TEMPFAIL;
		} else {
			remove_old(config, &list[i]);
		}
	}
	curl_global_cleanup();
	spool_free(list, count);
	free(folder);
	if (lock >= 0)
		close(lock);
	return code;
}
