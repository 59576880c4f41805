/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fm_devices.h - the fabric manager's commands for devices of several hosts:
 * tunnels (53xxh), logical devices (54xxh) and heads (55xxh).
 *
 * In and out are the payloads behind the CCI header. Logical devices, heads and
 * entries are counted from 0. A request for none, or for one that is not there,
 * answers Invalid Input.
 */
#ifndef CXLDCD_CTYPES_FM_DEVICES_H
#define CXLDCD_CTYPES_FM_DEVICES_H

#include <cxldcd/ctypes/le.h>

/*
 * 5300h Tunnel Management Command in, CXL r3.1 7.6.7.3.1: then a whole CCI
 * request (struct dcd_cci_header and its payload). Success says that a response
 * came back; what the command inside came to is the return code in its header.
 */
struct dcd_tunnel_req {
    uint8_t id;             /* LD, with DCD_TUNNEL_PORT_OR_LD; else unused */
    uint8_t target;         /* 3:0 enum dcd_tunnel_target */
    struct dcd_le16 length; /* bytes of the request that follows */
};
DCD_SIZE_ASSERT(struct dcd_tunnel_req, 4);

enum dcd_tunnel_target {
    DCD_TUNNEL_PORT_OR_LD = 0, /* a port of a switch, an LD of a device */
    DCD_TUNNEL_LD_POOL = 1,    /* of a multi-headed device */
};

#define DCD_TUNNEL_TARGET_MASK 15u

/* 5300h out: then the CCI response. */
struct dcd_tunnel_rsp {
    struct dcd_le16 length; /* bytes of the response that follows */
    uint8_t reserved[2];
};
DCD_SIZE_ASSERT(struct dcd_tunnel_rsp, 4);

/* 5400h Get LD Info out, CXL r3.1 7.6.7.4.1. */
struct dcd_ld_info_rsp {
    struct dcd_le64 memory_size; /* bytes, static and dynamic */
    struct dcd_le16 lds;         /* how many there are */
    uint8_t qos;                 /* DCD_QOS_... that it is capable of */
};
DCD_SIZE_ASSERT(struct dcd_ld_info_rsp, 0xb);

#define DCD_QOS_CONGESTION 1u       /* egress port congestion */
#define DCD_QOS_REDUCTION (1u << 1) /* temporary throughput reduction */
#define DCD_QOS_ALL (DCD_QOS_CONGESTION | DCD_QOS_REDUCTION)

/* 5401h Get LD Allocations in, CXL r3.1 7.6.7.4.2. */
struct dcd_get_ld_allocations_req {
    uint8_t start; /* first LD */
    uint8_t limit; /* entries, at least 1; fewer come when there are fewer */
};
DCD_SIZE_ASSERT(struct dcd_get_ld_allocations_req, 2);

/* 5401h out. */
struct dcd_get_ld_allocations_rsp {
    uint8_t lds;         /* how many there are */
    uint8_t granularity; /* 0: 256 MiB, 1: 512 MiB, 2: 1 GiB */
    uint8_t start;       /* LD of the first entry */
    uint8_t count;
    /* count of struct dcd_ld_allocation */
};
DCD_SIZE_ASSERT(struct dcd_get_ld_allocations_rsp, 4);

struct dcd_ld_allocation {
    struct dcd_le64 range1; /* in units of the granularity */
    struct dcd_le64 range2;
};
DCD_SIZE_ASSERT(struct dcd_ld_allocation, 0x10);

/* 5402h Set LD Allocations, in and out, CXL r3.1 7.6.7.4.3; out is what is in
 * force now. */
struct dcd_set_ld_allocations {
    uint8_t count; /* at least 1 */
    uint8_t start; /* first LD */
    uint8_t reserved[2];
    /* count of struct dcd_ld_allocation */
};
DCD_SIZE_ASSERT(struct dcd_set_ld_allocations, 4);

/* 5403h Get QoS Control out, 5404h Set QoS Control in and out, CXL r3.1
 * 7.6.7.4.4-.5. */
struct dcd_qos_control {
    uint8_t control;             /* DCD_QOS_... that are enabled */
    uint8_t moderate;            /* percent, 1-100 */
    uint8_t severe;              /* percent, 1-100 */
    uint8_t interval;            /* of backpressure samples, ns; 0-15 */
    struct dcd_le16 basis;       /* sustained requests and responses */
    uint8_t completion_interval; /* ns */
};
DCD_SIZE_ASSERT(struct dcd_qos_control, 7);

/* 5405h Get QoS Status out, CXL r3.1 7.6.7.4.6. */
struct dcd_qos_status_rsp {
    uint8_t backpressure; /* average, percent */
};
DCD_SIZE_ASSERT(struct dcd_qos_status_rsp, 1);

/* 5406h Get and 5407h Set QoS Allocated BW, 5408h Get and 5409h Set QoS BW
 * Limit, in and out, CXL r3.1 7.6.7.4.7-.10. */
struct dcd_qos_bandwidth {
    uint8_t count; /* LDs, at least 1 */
    uint8_t start; /* first LD */
    /* but for the Gets in: count bytes, one for each LD, in 256ths of the
     * device's bandwidth */
};
DCD_SIZE_ASSERT(struct dcd_qos_bandwidth, 2);

/* 5500h Get Multi-Headed Info in, CXL r3.1 7.6.7.5.1. */
struct dcd_get_mhd_info_req {
    uint8_t start; /* first LD */
    uint8_t limit; /* entries, at least 1; fewer come when there are fewer */
};
DCD_SIZE_ASSERT(struct dcd_get_mhd_info_req, 2);

/* 5500h out. */
struct dcd_get_mhd_info_rsp {
    uint8_t lds;   /* how many there are */
    uint8_t heads; /* how many there are */
    uint8_t reserved[2];
    uint8_t start; /* LD of the first entry */
    uint8_t count;
    uint8_t reserved2[2];
    /* count bytes: the port number of each LD's head, FFh: none */
};
DCD_SIZE_ASSERT(struct dcd_get_mhd_info_rsp, 8);

/* 5501h Get Head Info in, CXL r3.1 7.6.7.5.2. */
struct dcd_get_head_info_req {
    uint8_t start; /* first head */
    uint8_t count; /* heads, at least 1 */
};
DCD_SIZE_ASSERT(struct dcd_get_head_info_req, 2);

/* 5501h out. */
struct dcd_get_head_info_rsp {
    uint8_t heads; /* that are returned */
    uint8_t reserved[3];
    /* heads of struct dcd_head_info */
};
DCD_SIZE_ASSERT(struct dcd_get_head_info_rsp, 4);

struct dcd_head_info {
    uint8_t port;      /* number, as in Link Capabilities */
    uint8_t max_width; /* lanes */
    uint8_t width;     /* negotiated */
    uint8_t speeds;    /* bit 0: 2.5 GT/s ... bit 5: 64 GT/s */
    uint8_t max_speed; /* 1: 2.5 GT/s ... 6: 64 GT/s */
    uint8_t speed;     /* the current one */
    uint8_t ltssm;     /* state of the link, DCD_LTSSM_... */
    uint8_t first_lane;
    uint8_t flags; /* bit 0: lanes reversed, bit 1: in reset (PERST#) */
};
DCD_SIZE_ASSERT(struct dcd_head_info, 9);

#define DCD_LTSSM_L0 4u

#endif
