/* SPDX-License-Identifier: Apache-2.0 */
/* plain_tlm.cpp - the device and a host that is nothing but sockets. */
#include <cxldcd/ctypes/registers.h>
#include <cxldcd/device.hpp>

#include <cinttypes>
#include <cstdio>
#include <tlm_utils/simple_initiator_socket.h>

/* One access through [socket]: plain TLM, nothing of this device. */
template <class SOCKET>
static bool access(SOCKET &socket, tlm::tlm_command command, uint64_t address,
                   void *data, unsigned length)
{
    tlm::tlm_generic_payload p;
    sc_core::sc_time delay;
    p.set_command(command);
    p.set_address(address);
    p.set_data_ptr(static_cast<unsigned char *>(data));
    p.set_data_length(length);
    p.set_streaming_width(length);
    socket->b_transport(p, delay);
    return p.is_response_ok();
}

/* A register of the HDM decoders, which are little-endian in BAR 0. */
template <class SOCKET>
static void set(SOCKET &mmio, uint64_t offset, uint32_t value)
{
    dcd_le32 wire = dcd_put32(value);
    access(mmio, tlm::TLM_WRITE_COMMAND, DCD_BAR_HDM + offset, &wire, 4);
}

struct host : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<host> mem{"mem"}, mmio{"mmio"},
        cfg{"cfg"};
    uint64_t got = 0;
    SC_CTOR(host) { SC_THREAD(run); }

    void run() /* decoder 0: 256 MiB of static memory at HPA 1_0000_0000h */
    {
        dcd_le16 control = dcd_put16(DCD_CXL_MEM_ENABLE);
        access(cfg, tlm::TLM_WRITE_COMMAND,
               DCD_CONFIG_CXL_DEVICE + DCD_CXL_CONTROL, &control, 2);
        set(mmio, DCD_HDM_GLOBAL_CONTROL, DCD_HDM_GLOBAL_ENABLE);
        set(mmio, DCD_HDM_DECODER(0) + DCD_HDM_BASE_HIGH, 1);
        set(mmio, DCD_HDM_DECODER(0) + DCD_HDM_SIZE_LOW, 0x10000000);
        set(mmio, DCD_HDM_DECODER(0) + DCD_HDM_CONTROL, DCD_HDM_COMMIT);
        uint64_t sent = 0x0123456789abcdef;
        access(mem, tlm::TLM_WRITE_COMMAND, 0x100000040, &sent, 8);
        access(mem, tlm::TLM_READ_COMMAND, 0x100000040, &got, 8);
    }
};

int sc_main(int, char **)
{
    dcd_config config;
    dcd_config_init(&config);
    config.static_volatile = 256 * DCD_MIB;
    dcd::device device("device", config);
    host cpu("cpu");
    cpu.mem.bind(device.head[0].mem);
    cpu.mmio.bind(device.head[0].mmio);
    cpu.cfg.bind(device.head[0].cfg);
    sc_core::sc_start();
    std::printf("%016" PRIx64 "\n", cpu.got);
    return cpu.got == 0x0123456789abcdef ? 0 : 1;
}
