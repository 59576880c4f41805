/* SPDX-License-Identifier: Apache-2.0 */
/* messages.c - the list of everything that is wrong with a file. */
#include <cxldcd/platform.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Room for [more] characters and a NUL; false when there is no memory. */
static bool reserve(struct dcd_messages *messages, size_t more)
{
    char *text = realloc(messages->text, messages->size + more + 1);

    if (!text)
        return false;
    messages->text = text;
    return true;
}

/* "file:line: kind" and the text, when there is memory for it. */
static void add_line(struct dcd_messages *messages, const char *file, long line,
                     const char *kind, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int body = vsnprintf(NULL, 0, format, again);
    va_end(again);
    int head = snprintf(NULL, 0, "%s:%ld: %s", file, line, kind);

    if (body < 0 || head < 0)
        return;
    size_t more = (size_t)head + (size_t)body + 1;
    if (!reserve(messages, more))
        return;

    char *end = messages->text + messages->size;
    snprintf(end, (size_t)head + 1, "%s:%ld: %s", file, line, kind);
    vsnprintf(end + head, (size_t)body + 1, format, args);
    end[more - 1] = '\n';
    end[more] = '\0';
    messages->size += more;
}

void dcd_messages_add(struct dcd_messages *messages, const char *file,
                      long line, const char *format, ...)
{
    va_list args;

    /* Counted in any case: the caller learns that something is wrong. */
    messages->count++;
    va_start(args, format);
    add_line(messages, file, line, "", format, args);
    va_end(args);
}

void dcd_messages_warn(struct dcd_messages *messages, const char *file,
                       long line, const char *format, ...)
{
    va_list args;

    messages->warnings++;
    va_start(args, format);
    add_line(messages, file, line, "warning: ", format, args);
    va_end(args);
}

void dcd_messages_free(struct dcd_messages *messages)
{
    free(messages->text);
    messages->text = NULL;
    messages->size = 0;
    messages->count = 0;
    messages->warnings = 0;
}
