// `mesos-executor`: runs one command task over the v1 executor API (JSON), and behaves like Mesos's own command executor
// (Mesos 1.11, src/launcher/executor.cpp): it checks the task's health, kills it with its grace period, keeps updates
// until the agent has acknowledged them, and finds its agent again when that was restarted.
//
// One thread: a loop over the event stream, the children's ends and the next thing that is due.
#include <errno.h>
#include <math.h>
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
#include <optional>
#include <string>
#include <vector>

#include "agent_connection.hpp"
#include "health_check.hpp"
#include "processes.hpp"

using nlohmann::json;

static Milliseconds clockReads(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static Milliseconds now() { return clockReads(CLOCK_MONOTONIC); }

static std::string variable(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

// Mesos's text form: a number and one of ns us ms secs mins hrs days weeks.
static Milliseconds duration(const std::string &text, Milliseconds otherwise) {
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
static std::string freshUUID() {
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

class Executor {
    const AgentAddress agent = AgentAddress::parse(variable("MESOS_SLAVE_PID"));
    const bool checkpoint = variable("MESOS_CHECKPOINT") == "1";
    const Milliseconds recoveryTimeout = duration(variable("MESOS_RECOVERY_TIMEOUT"), 15 * 60'000);
    const Milliseconds shutdownGrace = duration(variable("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"), 5'000);
    const json ids = {{"framework_id", {{"value", variable("MESOS_FRAMEWORK_ID")}}},
                      {"executor_id", {{"value", variable("MESOS_EXECUTOR_ID")}}}};
    const json taskEnvironment;
    int children;                                           // tells of ended child processes

    std::unique_ptr<EventStream> stream;
    Milliseconds lostSince = now(), nextSubscribe = 0;
    bool reportsKilling = false;                            // the framework knows TASK_KILLING

    json task;                                              // null until the launch
    bool taskAcknowledged = false;
    std::vector<std::pair<std::string, json>> unacknowledged;       // uuid, status: in the order they were made
    std::unique_ptr<HealthCheck> health;

    pid_t command = 0;
    bool killing = false, outOfTime = false;
    Milliseconds killAt = 0, completeBy = 0;
    bool over = false;                                      // the terminal update was made
    Milliseconds leaveBy = 0;

    // MARK: Talking to the agent

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
        if (!task.is_null() && !taskAcknowledged) subscribe["unacknowledged_tasks"] = {task};
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

    void update(const char *state, json extra = json::object()) {
        std::string uuid = freshUUID();
        json status = {{"task_id", task["task_id"]},           {"state", state}, {"source", "SOURCE_EXECUTOR"},
                       {"executor_id", ids["executor_id"]},    {"uuid", uuid},   {"timestamp", clockReads(CLOCK_REALTIME) / 1000.0}};
        status.update(extra);
        if (health && health->healthy) status["healthy"] = *health->healthy;
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

    void readEvents() {
        while (stream) {
            auto record = stream->next();
            if (!record) return;
            handle(json::parse(*record));
        }
    }

    void handle(const json &event) {
        std::string type = event.value("type", "UNKNOWN");
        if (type == "SUBSCRIBED") {
            for (auto &capability : event["subscribed"]["framework_info"].value("capabilities", json::array()))
                if (capability.value("type", "") == "TASK_KILLING_STATE") reportsKilling = true;
        } else if (type == "LAUNCH") {
            launch(event["launch"]["task"]);
        } else if (type == "ACKNOWLEDGED") {
            taskAcknowledged = true;
            std::string uuid = event["acknowledged"]["uuid"];
            std::erase_if(unacknowledged, [&](auto &entry) { return entry.first == uuid; });
        } else if (type == "KILL") {
            killTask(grace(event["kill"]));
        } else if (type == "SHUTDOWN") {
            if (!command || over) _exit(0);
            killTask(std::max(0LL, shutdownGrace - 2'000));
        } else if (type == "ERROR") {
            fprintf(stderr, "The agent says: %s\n", event["error"].value("message", "").c_str());
            giveUp();
        }
    }

    [[noreturn]] void giveUp() {
        signalAll(descendants(getpid()), SIGKILL);
        _exit(1);
    }

    // MARK: The task

    void launch(const json &launched) {
        if (!task.is_null()) {
            fprintf(stderr, "A second task is not run: %s\n", launched["task_id"].dump().c_str());
            return;
        }
        task = launched;
        update("TASK_STARTING");
        pid_t executor = getpid();
        command = fork();
        if (command == 0) becomeTask(executor);
        if (command < 0) return finish("TASK_FAILED", {{"message", std::string("Failed to fork: ") + strerror(errno)}});
        printf("Forked command at %d\n", command);
        update("TASK_RUNNING");
        if (task.contains("health_check")) health = std::make_unique<HealthCheck>(task["health_check"], now());
        if (task.contains("max_completion_time"))
            completeBy = now() + task["max_completion_time"].value("nanoseconds", 0LL) / 1'000'000;
    }

    [[noreturn]] void becomeTask(pid_t executor) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);                   // no task outlives an executor that was killed
        if (getppid() != executor) _exit(1);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        setsid();
        setVariables({{"environment", taskEnvironment}});
        setVariables(task["command"]);
        for (auto &resource : task.value("resources", json::array()))
            if (resource.contains("allocation_info"))
                setenv("MESOS_ALLOCATION_ROLE", resource["allocation_info"].value("role", "*").c_str(), 1);
        execute(task["command"]);
    }

    Milliseconds grace(const json &kill) const {
        for (const json *from : {&kill, &task})
            if (from->contains("kill_policy") && (*from)["kill_policy"].contains("grace_period"))
                return (*from)["kill_policy"]["grace_period"].value("nanoseconds", 3'000'000'000LL) / 1'000'000;
        return 3'000;
    }

    void killTask(Milliseconds grace) {
        if (!command || over) return;
        Milliseconds at = now() + grace;
        if (killing) {
            killAt = std::min(killAt, at);                  // a kill under way may only be made shorter
            return;
        }
        killing = true;
        killAt = at;
        stopChecking();
        if (reportsKilling) update("TASK_KILLING");
        signalAll(descendants(getpid()), SIGTERM);
    }

    void stopChecking() {
        if (health) health->stop();
    }

    void finish(const char *state, const json &extra) {
        stopChecking();
        over = true;
        killAt = completeBy = 0;
        leaveBy = now() + 60'000;
        signalAll(descendants(getpid()), SIGKILL);          // what the command left behind goes with it
        update(state, extra);
    }

    void commandEnded(int status) {
        std::string message = WIFSIGNALED(status) ? std::string("Command terminated with signal ") + strsignal(WTERMSIG(status))
                                                  : "Command exited with status " + std::to_string(WEXITSTATUS(status));
        if (outOfTime) finish("TASK_FAILED", {{"message", message}, {"reason", "REASON_MAX_COMPLETION_TIME_REACHED"}});
        else if (killing) finish("TASK_KILLED", {{"message", message}});
        else if (status == 0) finish("TASK_FINISHED", {{"message", message}});
        else finish("TASK_FAILED", {{"message", message}});
    }

    void probeEnded(int status) {
        auto verdict = health->ended(status, now());
        if (killing || over) return;
        if (verdict == HealthCheck::Verdict::Ignored || verdict == HealthCheck::Verdict::Unchanged) return;
        update("TASK_RUNNING", {{"reason", "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED"}});
        if (verdict == HealthCheck::Verdict::Kill) killTask(grace(json::object()));
    }

    // MARK: The loop

    void reap() {
        signalfd_siginfo info;
        if (read(children, &info, sizeof info) < 0 && errno != EAGAIN) throw std::runtime_error(strerror(errno));
        int status;
        for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
            if (pid == command && !over) commandEnded(status);
            else if (health && pid == health->process) probeEnded(status);
        }
    }

    void doWhatIsDue() {
        if (!stream && now() >= nextSubscribe) subscribe();
        if (over) {
            if (unacknowledged.empty() || now() >= leaveBy) _exit(0);
            return;
        }
        if (completeBy > 0 && now() >= completeBy && !killing) {
            outOfTime = true;
            killTask(0);
        }
        if (killing && killAt > 0 && now() >= killAt) {
            signalAll(descendants(getpid()), SIGKILL);
            killAt = now() + 100;                           // until it is gone: it may have forked meanwhile
        }
        if (health && command && !killing) health->turn(now());
    }

    int untilNext() const {
        Milliseconds next = now() + 60'000;
        auto consider = [&](Milliseconds at) { if (at > 0) next = std::min(next, at); };
        if (!stream) consider(nextSubscribe);
        if (over) consider(leaveBy);
        else {
            consider(killAt);
            consider(completeBy);
            if (health && !killing) consider(health->due());
        }
        return std::max(0LL, next - now());
    }

public:
    explicit Executor(json taskEnvironment) : taskEnvironment(std::move(taskEnvironment)) {
        prctl(PR_SET_CHILD_SUBREAPER, 1);                   // daemons of the task stay below us, where a kill finds them
        sigset_t childEnds;
        sigemptyset(&childEnds);
        sigaddset(&childEnds, SIGCHLD);
        sigprocmask(SIG_BLOCK, &childEnds, nullptr);
        children = signalfd(-1, &childEnds, SFD_CLOEXEC | SFD_NONBLOCK);
        if (children < 0) throw std::runtime_error(std::string("signalfd: ") + strerror(errno));
    }

    [[noreturn]] void run() {
        while (true) {
            doWhatIsDue();
            pollfd ready[] = {{children, POLLIN, 0}, {stream ? stream->descriptor() : -1, POLLIN, 0}};
            if (poll(ready, 2, untilNext()) < 0 && errno != EINTR) throw std::runtime_error(strerror(errno));
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

int main(int argc, char **argv) {
    setvbuf(stdout, nullptr, _IOLBF, 0);
    json variables = json::object();
    for (int i = 1; i < argc; i++) {
        const char *flag = "--task_environment=";
        if (strncmp(argv[i], flag, strlen(flag)) != 0) continue;
        // Either Mesos's Environment, or a plain object of names and values.
        json given = json::parse(argv[i] + strlen(flag));
        if (given.contains("variables")) variables = given;
        else
            for (auto &[name, value] : given.items()) variables["variables"].push_back({{"name", name}, {"value", value}});
    }
    try {
        Executor(variables).run();
    } catch (const std::exception &error) {
        fprintf(stderr, "mesos-executor: %s\n", error.what());
        return 1;
    }
}
