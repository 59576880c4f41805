/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random_op.h - operations of a random life, and the devices it is led on.
 *
 * An operation says all that is sent, so that a sequence of them can be played
 * again, cut down, and printed as a scenario.
 */
#ifndef DCD_TEST_RANDOM_OP_H
#define DCD_TEST_RANDOM_OP_H

#include "reference.h"

#include <stdio.h>

#define OP_LIST 80 /* ranges of one operation, at most */

enum op_kind {
    OP_ADD,              /* 5604h */
    OP_RESPOND,          /* 4802h */
    OP_RELEASE,          /* 4803h */
    OP_TAKE,             /* 5605h */
    OP_CONFIGURE,        /* 5602h */
    OP_ADD_REFERENCE,    /* 5606h */
    OP_REMOVE_REFERENCE, /* 5607h */
    OP_RESET,            /* conventional, of one head */
    OP_CLEAR,            /* 0101h of a host */
    OP_DRAIN,            /* 0101h of the FM */
    OP_WRITE,            /* eight bytes at the start of a cell */
    OP_KINDS
};

struct op {
    enum op_kind kind;
    unsigned head;   /* of 5604h and 5605h also one that does not exist */
    unsigned policy; /* 5604h, 5605h */
    bool forced;     /* 5605h */
    bool sanitize;   /* 5602h, 5605h */
    bool brief;      /* 5604h, 5605h: without the count, 1Ch bytes */
    bool all;        /* 0101h: the flag, and no handles */
    bool split;      /* 4802h, 4803h: two payloads, [first] ranges in front */
    bool unfinished; /* 4802h, 4803h: More, and then nothing */
    unsigned first;
    unsigned region; /* 5602h, 5604h */
    uint64_t length; /* 5604h, 5605h; 5602h: the block size; write: the bytes */
    unsigned tag;    /* 5604h-5607h */
    unsigned count;  /* of the list; 0101h: handles */
    struct ref_range list[OP_LIST]; /* write: the first one says where */
};

/* --- Devices ------------------------------------------------------------- */

/* What is worth counting of a life. */
enum deed {
    DID_ADD_FREE,
    DID_ADD_CONTIGUOUS,
    DID_ADD_LIST,
    DID_SHARE,
    DID_ACCEPT,
    DID_REFUSE,
    DID_END_DEAD,
    DID_RELEASE,
    DID_ASK_TAG,
    DID_ASK_LIST,
    DID_FORCE_TAG,
    DID_FORCE_LIST,
    DID_ADD_REFERENCE,
    DID_REMOVE_REFERENCE,
    DID_CONFIGURE, /* something changed */
    DID_RESET,
    DID_CLEAR,
    DID_DRAIN,
    DID_WRITE,
    DID_LOSE_RECORDS,        /* a log has overflowed */
    DID_FILL_UP,             /* a head can track no more extents */
    DID_SHARE_WIDELY,        /* three heads had a tag */
    DID_KEEP_BY_REFERENCE,   /* nobody but the FM had a tag */
    DID_REFUSE_WRITE,        /* to a read-only region */
    DID_FAIL_INVALID_INPUT,  /* 02h */
    DID_FAIL_UNSUPPORTED,    /* 03h */
    DID_FAIL_RETRY,          /* 05h */
    DID_FAIL_ADDRESS,        /* 0Fh */
    DID_FAIL_PAYLOAD_LENGTH, /* 16h */
    DID_FAIL_RESOURCES,      /* 1Dh */
    DID_FAIL_EXTENT_LIST,    /* 1Eh */
    DEEDS
};
#define DEED(name) (1u << DID_##name)

extern const char *const deed_names[DEEDS];

struct setup {
    const char *name;
    struct ref_config config;
    uint32_t never; /* deeds that cannot happen on it, DEED(...) */
};

extern const struct setup random_setups[];
extern const unsigned random_setup_count;

/* --- Making them up ------------------------------------------------------ */

/* Next value below [below] of the numbers that begin with *state. */
uint64_t random_draw(uint64_t *state, uint64_t below);
uint64_t random_start(uint64_t seed);

/* Operation [step] of a life, which has a good chance in the state that [r] is
 * in. */
void random_op(uint64_t *state, unsigned step, const struct reference *r,
               struct op *op);

/* --- Sending them -------------------------------------------------------- */

#define MESSAGE_SIZE (0x20 + OP_LIST * 0x28)
struct message {
    uint16_t opcode;
    uint32_t size;
    uint8_t bytes[MESSAGE_SIZE];
};

/* Whether the FM sends it; else the host op->head. */
bool random_is_fm(const struct op *op);

/* The commands that [op] consists of, one or two; 0: it is something else. */
unsigned random_messages(const struct op *op, struct message messages[2]);

/* --- Showing them -------------------------------------------------------- */

/* The platform that goes with a setup. */
void random_print_platform(FILE *out, const struct setup *setup);

/*
 * The operations as a scenario whose expectations are those of the reference
 * with that [fault]. Behind the last operation, and a comment that says
 * RANDOM_LAST, everything is looked at that the language can look at.
 */
#define RANDOM_LAST "the last operation, and what has become of it"
bool random_print_scenario(FILE *out, const struct setup *setup,
                           enum ref_fault fault, const char *name,
                           const char *platform, const struct op *ops,
                           unsigned count);

/* What happens on the reference: the return code, for a write enum
 * random_store. */
enum random_store { STORE_DONE, STORE_READ_ONLY, STORE_NOT_BACKED };
uint16_t random_play(struct reference *r, const struct op *op);

#endif
