// HTTP to the Mesos agent: one-shot calls, and the endless answer to SUBSCRIBE, cut into RecordIO records.
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

struct ConnectionLost : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A file descriptor that closes itself.
class Descriptor {
    int fd = -1;

public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd(fd) {}
    Descriptor(Descriptor &&other) noexcept : fd(std::exchange(other.fd, -1)) {}
    Descriptor &operator=(Descriptor &&other) noexcept {
        std::swap(fd, other.fd);
        return *this;
    }
    ~Descriptor() {
        if (fd >= 0) close(fd);
    }
    int get() const { return fd; }
};

struct AgentAddress {
    std::string host;
    int port = 0;
    std::string path;

    // From MESOS_SLAVE_PID, which looks like `slave(1)@127.0.0.1:5050`.
    static AgentAddress parse(const std::string &pid) {
        auto at = pid.find('@'), colon = pid.rfind(':');
        if (at == std::string::npos || colon == std::string::npos || colon < at)
            throw std::runtime_error("MESOS_SLAVE_PID is not ID@IP:PORT: " + pid);
        return {pid.substr(at + 1, colon - at - 1), std::stoi(pid.substr(colon + 1)), "/" + pid.substr(0, at) + "/api/v1/executor"};
    }
};

inline Descriptor connected(const std::string &host, int port, int timeoutSeconds) {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    v4.sin_family = AF_INET, v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = htons(port);
    bool six = host.find(':') != std::string::npos;
    if (inet_pton(six ? AF_INET6 : AF_INET, host.c_str(), six ? (void *)&v6.sin6_addr : &v4.sin_addr) != 1)
        throw ConnectionLost("not an address: " + host);
    Descriptor socket(::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) throw ConnectionLost(strerror(errno));
    timeval timeout{timeoutSeconds, 0};
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    int status = six ? connect(socket.get(), (sockaddr *)&v6, sizeof v6) : connect(socket.get(), (sockaddr *)&v4, sizeof v4);
    if (status != 0) throw ConnectionLost(strerror(errno));
    return socket;
}

inline void sendAll(int fd, const std::string &bytes) {
    for (size_t sent = 0; sent < bytes.size();) {
        ssize_t count = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) throw ConnectionLost(strerror(errno));
        sent += count;
    }
}

inline std::string postRequest(const AgentAddress &agent, const std::string &body, const char *connection) {
    return "POST " + agent.path + " HTTP/1.1\r\nHost: " + agent.host + ":" + std::to_string(agent.port) +
           "\r\nContent-Type: application/json\r\nAccept: application/json\r\nConnection: " + connection +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Reads until the answer's head is complete; returns the status and leaves what followed the head in `rest`.
inline int readHead(int fd, std::string &rest, bool *chunked = nullptr) {
    size_t end;
    while ((end = rest.find("\r\n\r\n")) == std::string::npos) {
        char bytes[4096];
        ssize_t count = recv(fd, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw ConnectionLost(strerror(errno));
        if (count == 0) throw ConnectionLost("closed before an answer");
        rest.append(bytes, count);
    }
    std::string head = rest.substr(0, end);
    rest.erase(0, end + 4);
    auto space = head.find(' ');
    if (space == std::string::npos) throw ConnectionLost("not an HTTP answer");
    if (chunked) *chunked = strcasestr(head.c_str(), "\r\ntransfer-encoding: chunked") != nullptr;
    return atoi(head.c_str() + space);
}

// One call on a connection of its own. Returns the HTTP status; throws ConnectionLost when there is none.
inline int post(const AgentAddress &agent, const std::string &body) {
    auto socket = connected(agent.host, agent.port, 10);
    sendAll(socket.get(), postRequest(agent, body, "close"));
    std::string rest;
    return readHead(socket.get(), rest);
}

// The endless answer to SUBSCRIBE.
class EventStream {
    Descriptor socket;
    bool chunked = false;
    std::string raw;              // as it came
    std::string plain;            // without the chunks
    size_t leftInChunk = 0;

    void dechunk() {
        if (!chunked) {
            plain += raw;
            raw.clear();
            return;
        }
        while (!raw.empty()) {
            if (leftInChunk > 0) {
                size_t count = std::min(leftInChunk, raw.size());
                plain.append(raw, 0, count);
                raw.erase(0, count);
                leftInChunk -= count;
                continue;
            }
            size_t start = raw.compare(0, 2, "\r\n") == 0 ? 2 : 0;          // the end of the chunk before
            size_t end = raw.find("\r\n", start);
            if (end == std::string::npos) return;
            leftInChunk = std::stoul(raw.substr(start, end - start), nullptr, 16);
            if (leftInChunk == 0) throw ConnectionLost("the agent ended the stream");
            raw.erase(0, end + 2);
        }
    }

public:
    // The HTTP status of the answer; only with 200 is it a stream.
    int status = 0;

    EventStream(const AgentAddress &agent, const std::string &subscribe) : socket(connected(agent.host, agent.port, 10)) {
        sendAll(socket.get(), postRequest(agent, subscribe, "keep-alive"));
        status = readHead(socket.get(), raw, &chunked);
        if (status != 200) return;
        fcntl(socket.get(), F_SETFL, O_NONBLOCK);
        dechunk();
    }

    int descriptor() const { return socket.get(); }

    // Takes in what has arrived. Throws ConnectionLost at the end of the stream.
    void receive() {
        char bytes[16384];
        ssize_t count;
        while ((count = recv(socket.get(), bytes, sizeof bytes, 0)) > 0) raw.append(bytes, count);
        int error = errno;
        dechunk();
        if (count == 0) throw ConnectionLost("the agent closed the stream");
        if (error != EAGAIN && error != EINTR) throw ConnectionLost(strerror(error));
    }

    // The next whole record, if there is one.
    std::optional<std::string> next() {
        size_t newline = plain.find('\n');
        if (newline == std::string::npos) return std::nullopt;
        size_t length = std::stoul(plain.substr(0, newline));
        if (plain.size() < newline + 1 + length) return std::nullopt;
        std::string record = plain.substr(newline + 1, length);
        plain.erase(0, newline + 1 + length);
        return record;
    }
};
