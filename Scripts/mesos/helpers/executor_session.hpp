// What every executor has to do with its agent over the v1 executor API (JSON): it subscribes, again when the agent was
// restarted, keeps updates until the agent has acknowledged them, and runs one loop over the event stream, the ends of
// its child processes and the next thing that is due.
#pragma once
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent_connection.hpp"
#include "health_check.hpp"
#include "processes.hpp"

using nlohmann::json;

inline Milliseconds clockReads(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

inline Milliseconds now() { return clockReads(CLOCK_MONOTONIC); }

inline std::string variable(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

// Mesos's text form: a number and one of ns us ms secs mins hrs days weeks.
inline Milliseconds duration(const std::string &text, Milliseconds otherwise) {
    char *unit;
    double number = strtod(text.c_str(), &unit);
    if (unit == text.c_str()) return otherwise;
    const std::pair<const char *, double> units[] = {{"ns", 1e-6}, {"us", 1e-3},   {"ms", 1},    {"secs", 1e3},
                                                     {"mins", 6e4}, {"hrs", 36e5}, {"days", 864e5}, {"weeks", 6048e5}};
    for (auto &[name, milliseconds] : units)
        if (!strcmp(unit, name)) return number * milliseconds;
    return otherwise;
}

// A random UUID (version 4) as Mesos's JSON carries bytes: base64.
inline std::string freshUUID() {
    unsigned char bytes[18] = {};
    if (getrandom(bytes, 16, 0) != 16) throw std::runtime_error("getrandom failed");
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (int i = 0; i < 18; i += 3) {
        unsigned group = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6) text += alphabet[group >> shift & 63];
    }
    return text.replace(22, 2, "==");
}

// How a command ended, in Mesos's words.
inline std::string endInWords(int status) {
    return WIFSIGNALED(status) ? std::string("Command terminated with signal ") + strsignal(WTERMSIG(status))
                               : "Command exited with status " + std::to_string(WEXITSTATUS(status));
}

// How long a task has from SIGTERM to SIGKILL: by the kill's own policy, else by the task's.
inline Milliseconds graceOf(const json &kill, const json &task) {
    for (const json *from : {&kill, &task})
        if (from->contains("kill_policy") && (*from)["kill_policy"].contains("grace_period"))
            return (*from)["kill_policy"]["grace_period"].value("nanoseconds", 3'000'000'000LL) / 1'000'000;
    return 3'000;
}

// In a fresh child: nothing of the executor's own is left, and no task outlives an executor that was killed.
inline void leaveExecutor(pid_t executor) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != executor) _exit(1);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    setsid();
}

inline void setAllocationRole(const json &task) {
    for (auto &resource : task.value("resources", json::array()))
        if (resource.contains("allocation_info"))
            setenv("MESOS_ALLOCATION_ROLE", resource["allocation_info"].value("role", "*").c_str(), 1);
}

class ExecutorSession {
    const AgentAddress agent = AgentAddress::parse(variable("MESOS_SLAVE_PID"));
    const bool checkpoint = variable("MESOS_CHECKPOINT") == "1";
    const Milliseconds recoveryTimeout = duration(variable("MESOS_RECOVERY_TIMEOUT"), 15 * 60'000);
    const json ids = {{"framework_id", {{"value", variable("MESOS_FRAMEWORK_ID")}}},
                      {"executor_id", {{"value", variable("MESOS_EXECUTOR_ID")}}}};
    int children;                                           // tells of ended child processes

    std::unique_ptr<EventStream> stream;
    Milliseconds lostSince = now(), nextSubscribe = 0;
    std::vector<json> unacknowledgedTasks;                  // of which no update was acknowledged
    std::vector<std::pair<std::string, json>> unacknowledged;       // uuid, status: in the order they were made

    void disconnected(const std::string &reason) {
        printf("The agent is gone: %s\n", reason.c_str());
        stream.reset();
        lostSince = now();
        nextSubscribe = now() + 200;
        if (!checkpoint) giveUp();
    }

    void subscribe() {
        nextSubscribe = now() + 200;
        json call = ids;
        call["type"] = "SUBSCRIBE";
        json &subscribe = call["subscribe"] = json::object();
        if (!unacknowledgedTasks.empty()) subscribe["unacknowledged_tasks"] = unacknowledgedTasks;
        for (auto &[uuid, status] : unacknowledged) subscribe["unacknowledged_updates"].push_back({{"status", status}});
        try {
            auto candidate = std::make_unique<EventStream>(agent, call.dump());
            if (candidate->status == 200) stream = std::move(candidate);
            else printf("The agent does not take us yet: %d\n", candidate->status);
        } catch (const ConnectionLost &) {
            // The agent is down or starting: the next try is due soon.
        }
        if (!stream && now() - lostSince > (checkpoint ? recoveryTimeout : 60'000)) giveUp();
        if (stream) readEvents();
    }

    void readEvents() {
        while (stream) {
            auto record = stream->next();
            if (!record) return;
            take(json::parse(*record));
        }
    }

    void take(const json &event) {
        std::string type = event.value("type", "UNKNOWN");
        if (type == "SUBSCRIBED") {
            for (auto &capability : event["subscribed"]["framework_info"].value("capabilities", json::array()))
                if (capability.value("type", "") == "TASK_KILLING_STATE") reportsKilling = true;
            frameworkUser = event["subscribed"]["framework_info"].value("user", "");
        } else if (type == "ACKNOWLEDGED") {
            const json &acknowledged = event["acknowledged"];
            std::erase_if(unacknowledgedTasks, [&](auto &task) { return task["task_id"] == acknowledged["task_id"]; });
            std::erase_if(unacknowledged, [&](auto &entry) { return entry.first == acknowledged["uuid"]; });
        } else if (type == "ERROR") {
            fprintf(stderr, "The agent says: %s\n", event["error"].value("message", "").c_str());
            giveUp();
        } else {
            handle(type, event);
        }
    }

    void reap() {
        signalfd_siginfo info;
        if (read(children, &info, sizeof info) < 0 && errno != EAGAIN) throw std::runtime_error(strerror(errno));
        int status;
        for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) childEnded(pid, status);
    }

protected:
    const Milliseconds shutdownGrace = duration(variable("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"), 5'000);
    bool reportsKilling = false;                            // the framework knows TASK_KILLING
    std::string frameworkUser;                              // whose tasks run as him unless they name another

    // An event that concerns tasks: LAUNCH, LAUNCH_GROUP, KILL, SHUTDOWN.
    virtual void handle(const std::string &type, const json &event) = 0;
    virtual void childEnded(pid_t pid, int status) = 0;
    virtual void doWhatIsDue() = 0;
    // When there is something to do, or 0 for never.
    virtual Milliseconds nextDue() const = 0;

    void accepted(const json &task) { unacknowledgedTasks.push_back(task); }

    bool isAllAcknowledged() const { return unacknowledged.empty(); }

    void update(const json &task, const char *state, std::optional<bool> healthy, json extra = json::object()) {
        std::string uuid = freshUUID();
        json status = {{"task_id", task["task_id"]},           {"state", state}, {"source", "SOURCE_EXECUTOR"},
                       {"executor_id", ids["executor_id"]},    {"uuid", uuid},   {"timestamp", clockReads(CLOCK_REALTIME) / 1000.0}};
        status.update(extra);
        if (healthy) status["healthy"] = *healthy;
        unacknowledged.emplace_back(uuid, status);
        if (!stream) return;                                // goes out with the next SUBSCRIBE
        json call = ids;
        call["type"] = "UPDATE";
        call["update"]["status"] = status;
        try {
            int code = post(agent, call.dump());
            if (code >= 500) disconnected("it answers " + std::to_string(code));
            else if (code >= 300) printf("The agent refuses an update (%d): %s\n", code, status.dump().c_str());
        } catch (const ConnectionLost &error) {
            disconnected(error.what());
        }
    }

    [[noreturn]] void giveUp() {
        signalAll(descendants(getpid()), SIGKILL);
        _exit(1);
    }

public:
    ExecutorSession() {
        prctl(PR_SET_CHILD_SUBREAPER, 1);                   // daemons of the tasks stay below us, where a kill finds them
        sigset_t childEnds;
        sigemptyset(&childEnds);
        sigaddset(&childEnds, SIGCHLD);
        sigprocmask(SIG_BLOCK, &childEnds, nullptr);
        children = signalfd(-1, &childEnds, SFD_CLOEXEC | SFD_NONBLOCK);
        if (children < 0) throw std::runtime_error(std::string("signalfd: ") + strerror(errno));
    }
    virtual ~ExecutorSession() = default;

    [[noreturn]] void run() {
        while (true) {
            if (!stream && now() >= nextSubscribe) subscribe();
            doWhatIsDue();
            Milliseconds next = now() + 60'000;
            if (Milliseconds due = nextDue(); due > 0) next = std::min(next, due);
            if (!stream) next = std::min(next, nextSubscribe);
            pollfd ready[] = {{children, POLLIN, 0}, {stream ? stream->descriptor() : -1, POLLIN, 0}};
            if (poll(ready, 2, std::max(0LL, next - now())) < 0 && errno != EINTR)
                throw std::runtime_error(strerror(errno));
            if (ready[1].revents) {
                try {
                    stream->receive();
                    readEvents();
                } catch (const ConnectionLost &error) {
                    readEvents();
                    disconnected(error.what());
                }
            }
            if (ready[0].revents) reap();
        }
    }
};
