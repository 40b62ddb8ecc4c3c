/* The progress of stacks: a live line for each resource on a terminal, plain lines elsewhere, or JSON for programs. */
#ifndef BAKERY_CLI_UI_PROGRESS_H
#define BAKERY_CLI_UI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <bakery/target.h>

enum progress_style {
        PROGRESS_LIVE, /* what runs stands in lines that change; what is done stays above them */
        PROGRESS_PLAIN,
        PROGRESS_JSON, /* an object on a line of its own for each event */
};

enum { PROGRESS_ROWS = 64, PROGRESS_NAME_BYTES = 160 };

/* A resource at work. */
struct progress_row {
        char name[PROGRESS_NAME_BYTES], status[64];
        time_t since;
};

struct progress {
        FILE *out;
        enum progress_style style;
        bool by_account; /* of many burgers: a line is one of them, not one of its resources */
        struct progress_row rows[PROGRESS_ROWS];
        size_t n_rows;
        size_t drawn; /* lines on the screen that will be drawn anew, and how long they are */
        size_t drawn_columns[PROGRESS_ROWS + 1];
};

/* Live on a terminal that can do it (and not when TERM says dumb); JSON goes to stdout, the others to stderr. */
struct progress progress_begin(bool json, bool by_account);

/* A bakery_event_function; context is the progress. */
void progress_tell(const bakery_event *event, void *context);

/* Takes the live lines away, so that other text can follow; they come back with the next event. */
void progress_hide(struct progress *progress);

#endif
