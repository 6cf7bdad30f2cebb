// Processes below one process: finding and signalling them.
#pragma once
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <map>
#include <set>
#include <string>
#include <vector>

struct Process {
    pid_t pid, parent, session;
};

// All that run on this host, without those that have ended.
inline std::vector<Process> allProcesses() {
    std::vector<Process> all;
    DIR *proc = opendir("/proc");
    if (!proc) return {};
    while (dirent *entry = readdir(proc)) {
        pid_t pid = atoi(entry->d_name);
        if (pid <= 0) continue;
        FILE *file = fopen(("/proc/" + std::string(entry->d_name) + "/stat").c_str(), "r");
        if (!file) continue;
        char line[1024] = "";
        size_t count = fread(line, 1, sizeof line - 1, file);
        fclose(file);
        line[count] = 0;
        char *name = strrchr(line, ')'), state = 0;                 // the name may hold anything, also ')'
        int parent = 0, group = 0, session = 0;
        if (name && sscanf(name + 1, " %c %d %d %d", &state, &parent, &group, &session) == 4 && !strchr("ZX", state))
            all.push_back({pid, parent, session});
    }
    closedir(proc);
    return all;
}

// All that are in the session which `leader` began, with it.
inline std::set<pid_t> inSession(pid_t leader) {
    std::set<pid_t> found;
    for (auto &process : allProcesses())
        if (process.session == leader || process.pid == leader) found.insert(process.pid);
    return found;
}

// All that descend from `root`, without it and without those that have ended.
inline std::set<pid_t> descendants(pid_t root) {
    std::multimap<pid_t, pid_t> children;
    for (auto &process : allProcesses()) children.emplace(process.parent, process.pid);
    std::set<pid_t> found;
    std::vector<pid_t> open{root};
    while (!open.empty()) {
        pid_t parent = open.back();
        open.pop_back();
        auto range = children.equal_range(parent);
        for (auto child = range.first; child != range.second; ++child)
            if (found.insert(child->second).second) open.push_back(child->second);
    }
    return found;
}

inline void signalAll(const std::set<pid_t> &pids, int number) {
    for (pid_t pid : pids) kill(pid, number);
}
