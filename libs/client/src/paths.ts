// Generated from docs/openapi.json by `npm run gen`.
export interface paths {
    "/api/v1/registries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List registries */
        get: operations["listRegistries"];
        put?: never;
        /** Create registry */
        post: operations["createRegistry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Validate registry */
        get: operations["validateRegistry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get registry */
        get: operations["getRegistry"];
        /** Update registry */
        put: operations["updateRegistry"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/reachability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get registry reachability */
        get: operations["getRegistryReachability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/rotate_secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new webhook secret
         * @description It is shown this once; the former one is good until it is forgotten.
         */
        post: operations["rotateSecretOfRegistry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/former_secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Forget the former webhook secret. */
        delete: operations["deleteRegistryFormerSecret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get registry config */
        get: operations["getRegistryConfig"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a synchronization
         * @description `dry_run` only tells what it would do.
         */
        post: operations["syncRegistry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/sync_runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List registry sync runs */
        get: operations["listRegistrySyncRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/sync_runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get registry sync run */
        get: operations["getRegistrySyncRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/sync_runs/{run}/differences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List registry sync run differences */
        get: operations["listRegistrySyncRunDifferences"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/sync_runs/{run}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say yes to the removals of a run that waits. */
        post: operations["approveRegistrySyncRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/sync_runs/{run}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel registry sync run */
        post: operations["cancelRegistrySyncRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/sync_runs/{run}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring back what a run removed. */
        post: operations["undoRegistrySyncRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/registries/{id}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what differs between catalog and registry. */
        get: operations["getRegistryDrift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get events stream */
        get: operations["getEventsStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List events */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get events summary */
        get: operations["getEventsSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get event */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retry events */
        post: operations["retryEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retry event */
        post: operations["retryEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List namespaces */
        get: operations["listNamespaces"];
        put?: never;
        /** Create namespace */
        post: operations["createNamespace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Validate namespace */
        get: operations["validateNamespace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get namespace */
        get: operations["getNamespace"];
        /**
         * Change a namespace
         * @description Description, visibility or team; a namespace is not renamed, for its images would stay behind.
         */
        put: operations["updateNamespace"];
        post?: never;
        /**
         * Delete a namespace with its images
         * @description Answers the deletion, which goes on by itself.
         */
        delete: operations["deleteNamespace"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List namespace repositories */
        get: operations["listNamespaceRepositories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List repositories */
        get: operations["listRepositories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get repository */
        get: operations["getRepository"];
        /** Update repository */
        put: operations["updateRepository"];
        post?: never;
        /**
         * Delete a repository
         * @description Answers the deletion, which goes on by itself.
         */
        delete: operations["deleteRepository"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List repository tags */
        get: operations["listRepositoryTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/tags/grouped": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tags by digest
         * @description Newest group first.
         */
        get: operations["listRepositoryTagsGrouped"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/tags/{tag_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get repository tag */
        get: operations["getRepositoryTag"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/star": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Star repository */
        put: operations["starRepository"];
        post?: never;
        /** Unstar repository */
        delete: operations["unstarRepository"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List repository comments */
        get: operations["listRepositoryComments"];
        put?: never;
        /** Create repository comment */
        post: operations["createRepositoryComment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/comments/{comment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete repository comment */
        delete: operations["deleteRepositoryComment"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tags */
        get: operations["listTags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get tag */
        get: operations["getTag"];
        put?: never;
        post?: never;
        /**
         * Delete a tag
         * @description The registry deletes manifests, not names: other tags of the same one are kept, or it is refused.
         */
        delete: operations["deleteTag"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/pulls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get tag pulls */
        get: operations["getTagPulls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get tag manifest */
        get: operations["getTagManifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/referrers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tag referrers */
        get: operations["listTagReferrers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List every digest that the tag had
         * @description When, by whom, and how it was learned.
         */
        get: operations["listTagHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/layers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get tag layers */
        get: operations["getTagLayers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/deletion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See what deleting the tag would do
         * @description Names the tags that share its manifest.
         */
        get: operations["previewTagDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Point the tag at a former digest. */
        post: operations["rollbackTag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/sboms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tag sboms */
        get: operations["listTagSboms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/sboms/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get tag sbom */
        get: operations["getTagSbom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vulnerabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Scan all */
        post: operations["scanAll"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vulnerabilities/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Scan tag */
        post: operations["scanTag"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/vulnerabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Scan repository */
        post: operations["scanRepository"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vulnerabilities/{name}/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List vulnerability images */
        get: operations["listVulnerabilityImages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/vulnerabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tag vulnerabilities */
        get: operations["listTagVulnerabilities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/verdict": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get tag verdict */
        get: operations["getTagVerdict"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tags/{id}/vulnerabilities/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get tag vulnerabilities export */
        get: operations["getTagVulnerabilitiesExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scanners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List scanners */
        get: operations["listScanners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List scans */
        get: operations["listScans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get scans summary */
        get: operations["getScansSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/scans/{scan_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Retry scan */
        post: operations["retryScan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accepted_risks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List accepted risks */
        get: operations["listAcceptedRisks"];
        put?: never;
        /** Create accepted risk */
        post: operations["createAcceptedRisk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accepted_risks/{risk_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete accepted risk */
        delete: operations["deleteAcceptedRisk"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/accepted_risks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List namespace accepted risks */
        get: operations["listNamespaceAcceptedRisks"];
        put?: never;
        /** Create namespace accepted risk */
        post: operations["createNamespaceAcceptedRisk"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/accepted_risks/{risk_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete namespace accepted risk */
        delete: operations["deleteNamespaceAcceptedRisk"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deletions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List deletions */
        get: operations["listDeletions"];
        put?: never;
        /**
         * Delete tags
         * @description At most a thousand at once; goes on by itself.
         */
        post: operations["createDeletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deletions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get deletion */
        get: operations["getDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deletions/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List deletion items */
        get: operations["listDeletionItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/deletion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See what deleting the repository would do. */
        get: operations["previewRepositoryDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/deletion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** See what deleting the namespace would do. */
        get: operations["previewNamespaceDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention_rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List retention rules */
        get: operations["listRetentionRules"];
        put?: never;
        /** Create retention rule */
        post: operations["createRetentionRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention_rules/{rule_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Update retention rule */
        put: operations["updateRetentionRule"];
        post?: never;
        /** Delete retention rule */
        delete: operations["deleteRetentionRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get retention plan */
        get: operations["getRetentionPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/retention/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run retention */
        post: operations["runRetention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/retention_rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List namespace retention rules */
        get: operations["listNamespaceRetentionRules"];
        put?: never;
        /** Create namespace retention rule */
        post: operations["createNamespaceRetentionRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/retention_rules/{rule_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Update namespace retention rule */
        put: operations["updateNamespaceRetentionRule"];
        post?: never;
        /** Delete namespace retention rule */
        delete: operations["deleteNamespaceRetentionRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/retention/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get namespace retention plan */
        get: operations["getNamespaceRetentionPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/retention/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run namespace retention */
        post: operations["runNamespaceRetention"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tag_alarms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tag alarms */
        get: operations["listTagAlarms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tag_alarms/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Rollback tag alarm */
        post: operations["rollbackTagAlarm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List namespace webhooks */
        get: operations["listNamespaceWebhooks"];
        put?: never;
        /** Create namespace webhook */
        post: operations["createNamespaceWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/webhooks/{webhook_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get namespace webhook */
        get: operations["getNamespaceWebhook"];
        /** Update namespace webhook */
        put: operations["updateNamespaceWebhook"];
        post?: never;
        /** Delete namespace webhook */
        delete: operations["deleteNamespaceWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/webhooks/{webhook_id}/toggle_enabled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Update namespace webhook toggle enabled */
        put: operations["updateNamespaceWebhookToggleEnabled"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/webhooks/{webhook_id}/headers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List namespace webhook headers */
        get: operations["listNamespaceWebhookHeaders"];
        put?: never;
        /** Create namespace webhook header */
        post: operations["createNamespaceWebhookHeader"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/webhooks/{webhook_id}/headers/{header_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete namespace webhook header */
        delete: operations["deleteNamespaceWebhookHeader"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/webhooks/{webhook_id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List namespace webhook deliveries */
        get: operations["listNamespaceWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/namespaces/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get namespace webhook delivery */
        get: operations["getNamespaceWebhookDelivery"];
        /** Update namespace webhook delivery */
        put: operations["updateNamespaceWebhookDelivery"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dead_letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List dead letters */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List teams */
        get: operations["listTeams"];
        put?: never;
        /** Create team */
        post: operations["createTeam"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get team */
        get: operations["getTeam"];
        /** Update team */
        put: operations["updateTeam"];
        post?: never;
        /**
         * Delete a team
         * @description Its namespaces go to `new_team`; without one they must hold no images.
         */
        delete: operations["deleteTeam"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}/deletion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get team deletion */
        get: operations["getTeamDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}/ldap_check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ldap check of team */
        post: operations["ldapCheckOfTeam"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}/namespaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List team namespaces */
        get: operations["listTeamNamespaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List team members */
        get: operations["listTeamMembers"];
        put?: never;
        /**
         * Add somebody to a team
         * @description An administrator is always made an owner.
         */
        post: operations["createTeamMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/teams/{id}/members/{member_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Update team member */
        put: operations["updateTeamMember"];
        post?: never;
        /** Delete team member */
        delete: operations["deleteTeamMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Search */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/explore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look for public repositories
         * @description Also for visitors, where anonymous browsing is on.
         */
        get: operations["explore"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who calls
         * @description With a session also its token against forged requests.
         */
        get: operations["getCurrentSession"];
        put?: never;
        /**
         * Sign in with a browser
         * @description Sets the cookie; `csrf_token` goes back as `X-CSRF-Token`.
         */
        post: operations["signIn"];
        /** Sign out. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List sessions */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End session */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get profile */
        get: operations["getProfile"];
        /** Update profile */
        put: operations["updateProfile"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/profile/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change the own password
         * @description Ends all other sessions.
         */
        put: operations["updateProfilePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/password_resets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Update password resets */
        put: operations["updatePasswordResets"];
        /** Password resets */
        post: operations["passwordResets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/bootstrap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the first administrator
         * @description Only while there is none; answers an application token.
         */
        post: operations["createUsersBootstrap"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/sign_up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create users sign up */
        post: operations["createUsersSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get session options */
        get: operations["getSessionOptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List users */
        get: operations["listUsers"];
        put?: never;
        /** Create user */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a user
         * @description By id, or by e-mail address as in Portus.
         */
        get: operations["getUser"];
        /**
         * Change a user
         * @description What `GET` shows is accepted back; the name stays, images and tokens carry it.
         */
        put: operations["updateUser"];
        post?: never;
        /** Delete user */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/locked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Lock or unlock an account. */
        put: operations["updateUserLocked"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/enabled": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Switch an account on or off
         * @description Takes effect with the next request, also for tokens.
         */
        put: operations["updateUserEnabled"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/application_tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List user application tokens */
        get: operations["listUserApplicationTokens"];
        put?: never;
        /**
         * Make an application token
         * @description `plain_token` is shown this once. It may be kept to actions, namespaces and a time.
         */
        post: operations["createUserApplicationToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/application_tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete application token */
        delete: operations["deleteApplicationToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/application_tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List application tokens */
        get: operations["listApplicationTokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}/refresh_tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the logins that clients keep. */
        get: operations["listUserRefreshTokens"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/refresh_tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a login that a client keeps. */
        delete: operations["deleteRefreshToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/denials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was asked for at the token endpoint and not granted. */
        get: operations["listDenials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell why somebody may do something or not
         * @description The same code that grants tokens.
         */
        get: operations["explain"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who changed what, when and from where
         * @description Newest first.
         */
        get: operations["listActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activities/csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download the activities as CSV. */
        get: operations["downloadActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Ping */
        get: operations["ping"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/_ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get ping */
        get: operations["getPing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell load balancers whether to send requests
         * @description 503 when no token can be issued.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tell of each component whether it works
         * @description 503 when one does not.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get api version */
        get: operations["getApiVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check credentials. */
        get: operations["checkCredentials"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a token for a registry
         * @description What is not granted is left out of it, and is no error.
         */
        get: operations["getToken"];
        put?: never;
        /**
         * Get a token by the OAuth 2 form
         * @description Password or refresh token.
         */
        post: operations["exchangeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/webhooks/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take notifications of a registry
         * @description 202 whatever the body holds.
         */
        post: operations["takeEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the public keys of tokens. */
        get: operations["getKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get this document. */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Registry: {
            id: number;
            name: string;
            hostname: string;
            external_hostname: string | null;
            use_ssl: boolean;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            names_equal_at: string | null;
            digests_equal_at: string | null;
            /** @enum {string} */
            webhook_secret: "none" | "set" | "rotating";
            unsigned_events: boolean;
            sync_strategy: ("initial" | "on-start" | "update" | "update-delete") | null;
            clock: {
                ahead_seconds: number;
                database_ahead_seconds: number;
                /** @enum {string} */
                off: "none" | "registry" | "portus" | "unknown";
                /** Format: date-time */
                measured_at: string;
            } | null;
            problem: {
                code: string;
                message: string;
                since: string;
            } | null;
        };
        Status: {
            messages: {
                [key: string]: string[];
            };
            valid: boolean;
        };
        Reachability: {
            reachable: boolean;
            /** @description Why not. */
            message: string | null;
        };
        RegistryInput: {
            registry: {
                name: string;
                hostname: string;
                use_ssl: boolean | ("true" | "false");
                external_hostname?: string | null;
                webhook_secret?: string | null;
                unsigned_events?: boolean | ("true" | "false");
                sync_strategy?: ("initial" | "on-start" | "update" | "update-delete") | null;
            };
            /** @description Also one that does not answer now. */
            force?: boolean | ("true" | "false");
        };
        RegistryChanges: {
            registry: {
                name?: string;
                hostname?: string;
                use_ssl?: boolean | ("true" | "false");
                external_hostname?: string | null;
                webhook_secret?: ("none" | "set" | "rotating") | string;
                unsigned_events?: boolean | ("true" | "false");
                sync_strategy?: ("initial" | "on-start" | "update" | "update-delete") | null;
            };
            /** @description Also one that does not answer now. */
            force?: boolean | ("true" | "false");
        };
        WebhookSecret: {
            webhook_secret: string;
        };
        RegistryConfig: {
            /** @description config.yml, with `WEBHOOK_SECRET` where the secret belongs. */
            config: string;
            /** @description What it names: the keys that the registry trusts. */
            files: {
                path: string;
                text: string;
            }[];
        };
        SyncOrder: {
            /**
             * @default deep
             * @enum {string}
             */
            mode: "names" | "deep";
            /** @enum {string} */
            strategy?: "update" | "update-delete";
            dry_run?: boolean | ("true" | "false");
        } | null;
        SyncRun: {
            id: number;
            registry_id: number;
            reason: string;
            /** @enum {string} */
            mode: "names" | "deep";
            /** @enum {string} */
            strategy: "initial" | "on-start" | "update" | "update-delete";
            dry_run: boolean;
            /** @enum {string} */
            state: "queued" | "running" | "waiting" | "done" | "held" | "failed" | "cancelled";
            /** @enum {string} */
            stage: "listing" | "looking" | "removing";
            outcome: string | null;
            progress: {
                done: number;
                total: number;
                total_is_final: boolean;
                failed: number;
                rate: number | null;
                eta: number | null;
            };
            changes: {
                [key: string]: number;
            };
            removals: {
                planned: number;
                missing_repositories: number;
                approved_by: string | null;
                approved_at: string | null;
                restorable: number;
            };
            differences: {
                open: number;
                recorded: number;
            };
            requested_by: string | null;
            /** Format: date-time */
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
        };
        SyncRunWithPlan: {
            id: number;
            registry_id: number;
            reason: string;
            /** @enum {string} */
            mode: "names" | "deep";
            /** @enum {string} */
            strategy: "initial" | "on-start" | "update" | "update-delete";
            dry_run: boolean;
            /** @enum {string} */
            state: "queued" | "running" | "waiting" | "done" | "held" | "failed" | "cancelled";
            /** @enum {string} */
            stage: "listing" | "looking" | "removing";
            outcome: string | null;
            progress: {
                done: number;
                total: number;
                total_is_final: boolean;
                failed: number;
                rate: number | null;
                eta: number | null;
            };
            changes: {
                [key: string]: number;
            };
            removals: {
                planned: number;
                missing_repositories: number;
                approved_by: string | null;
                approved_at: string | null;
                restorable: number;
            };
            differences: {
                open: number;
                recorded: number;
            };
            requested_by: string | null;
            /** Format: date-time */
            created_at: string;
            started_at: string | null;
            finished_at: string | null;
            plan: components["schemas"]["Difference"][];
        };
        Difference: {
            repository: string;
            tag: string | null;
            /** @enum {string} */
            kind: "not_stored" | "other_digest" | "not_in_registry" | "unanswered" | "unreadable" | "illegal_name";
            /** @enum {string} */
            state: "open" | "planned" | "repaired" | "removed";
            stored_digest: string | null;
            registry_digest: string | null;
            reason: string;
            /** Format: date-time */
            found_at: string;
            run_id: number;
        };
        Drift: {
            equal: boolean;
            run_id: number | null;
            as_of: string | null;
            deep_run_id: number | null;
            names_equal_at: string | null;
            digests_equal_at: string | null;
            unread_repositories: number;
            unrecorded: number;
            total: number;
            differences: components["schemas"]["Difference"][];
        };
        Event: {
            id: number;
            registry_id: number;
            event_id: string;
            action: string;
            repository: string;
            tag: string | null;
            digest: string | null;
            actor: string | null;
            occurred_at: string | null;
            /** Format: date-time */
            received_at: string;
            processed_at: string | null;
            next_attempt_at: string | null;
            /** @enum {string} */
            state: "received" | "done" | "ignored" | "failed" | "dead" | "rejected";
            reason: string | null;
            attempts: number;
        };
        InboxSummary: {
            registry_id: number;
            registry: string;
            received: number;
            failed: number;
            dead: number;
            rejected: number;
            oldest_waiting_seconds: number;
            lag_median_seconds: number | null;
            lag_max_seconds: number | null;
        };
        EventDetail: {
            id: number;
            registry_id: number;
            event_id: string;
            action: string;
            repository: string;
            tag: string | null;
            digest: string | null;
            actor: string | null;
            occurred_at: string | null;
            /** Format: date-time */
            received_at: string;
            processed_at: string | null;
            next_attempt_at: string | null;
            /** @enum {string} */
            state: "received" | "done" | "ignored" | "failed" | "dead" | "rejected";
            reason: string | null;
            attempts: number;
            payload: string | null;
        };
        EventsRetry: {
            /**
             * @default [
             *       "failed",
             *       "dead"
             *     ]
             */
            states: ("failed" | "dead" | "ignored")[];
            registry_id?: number;
            repository?: string;
        };
        EventsRetried: {
            retried: number;
        };
        Namespace: {
            id: number;
            name: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            description: string;
            team: {
                id: number;
                name: string;
                hidden: boolean;
            };
            /** @description Under which clients reach its images. */
            registry_hostname: string;
            /** @enum {string} */
            visibility: "private" | "protected" | "public";
            global: boolean;
            /** @description Of no team but the administrators. */
            orphan: boolean;
            updatable: boolean;
            destroyable: boolean;
            permissions: components["schemas"]["NamespacePermissions"];
        };
        /** @description Of the caller. */
        NamespacePermissions: {
            role: ("viewer" | "contributor" | "owner") | null;
            pull: boolean;
            push: boolean;
            visibility: boolean;
            webhooks: boolean;
        };
        Repository: {
            id: number;
            name: string;
            full_name: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            description: string;
            namespace: {
                id: number;
                name: string;
            };
            registry_hostname: string;
            stars: number;
            tags_count: number;
            starred: boolean;
            /** @description Whether the caller may describe it. */
            updatable: boolean;
            /** @description Whether the caller may delete it. */
            destroyable: boolean;
            size: number;
            last_pushed_at: string | null;
            pull_count: number;
            pulled_at: string | null;
            names_equal_at: string | null;
            digests_equal_at: string | null;
            scan: components["schemas"]["RepositoryScan"];
        };
        RepositoryScan: {
            images: number;
            unknown_images: number;
            verdict_at: string | null;
            demo: boolean;
            worst: ("critical" | "high" | "medium" | "low" | "negligible" | "unknown") | null;
            counts: components["schemas"]["SeverityCounts"];
        };
        SeverityCounts: {
            critical: number;
            high: number;
            medium: number;
            low: number;
            negligible: number;
            unknown: number;
            fixable: number;
        };
        NamespaceInput: {
            name: string;
            /** @description its name */
            team: string;
            description?: string | null;
            /** @description without it the first registry */
            registry_id?: number | null;
        };
        NamespaceChanges: {
            namespace: {
                /** @description must be the present one: namespaces can not be renamed */
                name?: string;
                description?: string;
                /** @description the name of the team that takes it over */
                team?: string | {
                    name: string;
                };
                /** @enum {string} */
                visibility?: "private" | "protected" | "public";
            };
        };
        Tag: {
            id: number;
            name: string;
            repository: {
                id: number;
                full_name: string;
                registry_hostname: string;
            };
            author: {
                id: number | null;
                name: string;
            } | null;
            digest: string;
            image_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            size: number;
            scanned: number;
            vulnerabilities: components["schemas"]["Vulnerability"][] | null;
            media_type: string;
            artifact_type: string | null;
            platforms: {
                os: string | null;
                architecture: string | null;
                variant: string | null;
                digest: string;
                size: number | null;
            }[];
            describes: string | null;
            pulled_at: string | null;
            pull_count: number;
            scan: components["schemas"]["Scan"];
        };
        Vulnerability: {
            id: number;
            name: string;
            scanner: string;
            severity: string;
            link: string | null;
            fixed_by: string | null;
            metadata: string | null;
            description: string | null;
        };
        Scan: {
            /** @enum {string} */
            state: "none" | "queued" | "running" | "done" | "failed" | "unsupported";
            reason: string | null;
            verdict_at: string | null;
            demo: boolean;
            worst: ("critical" | "high" | "medium" | "low" | "negligible" | "unknown") | null;
            counts: components["schemas"]["SeverityCounts"] | null;
        };
        RepositoryChanges: {
            repository: {
                description: string;
            };
        };
        Comment: {
            id: number;
            body: string;
            /** Format: date-time */
            created_at: string;
            author: {
                id: number;
                name: string;
            };
            destroyable: boolean;
        };
        CommentInput: {
            comment: {
                body: string;
            };
        };
        TagPulls: {
            from: string;
            to: string;
            pulls: number;
            days: {
                day: string;
                pulls: number;
            }[];
        };
        Manifest: {
            digest: string;
            media_type: string;
            artifact_type: string | null;
            config_media_type: string | null;
            config_digest: string | null;
            size: number;
            manifest_size: number;
            os: string | null;
            architecture: string | null;
            variant: string | null;
            created: string | null;
            labels: {
                [key: string]: string;
            };
            annotations: {
                [key: string]: string;
            };
            subject: string | null;
            manifests: {
                digest: string;
                media_type: string;
                os: string | null;
                architecture: string | null;
                variant: string | null;
                size: number | null;
                annotations: {
                    [key: string]: string;
                };
            }[];
        };
        Referrer: {
            digest: string;
            describes: string;
            /** @enum {string} */
            kind: "signature" | "sbom" | "attestation" | "other";
            /** @enum {string} */
            found_by: "subject" | "attestation" | "tag";
            media_type: string;
            artifact_type: string | null;
            size: number | null;
            tag: string | null;
            annotations: {
                [key: string]: string;
            };
        };
        TagRevision: {
            id: number;
            digest: string | null;
            actor: string | null;
            /** @enum {string} */
            learned_from: "event" | "sync";
            /** Format: date-time */
            seen_at: string;
            media_type: string | null;
            size: number | null;
            kept: boolean | null;
        };
        Layers: {
            digest: string;
            layers: {
                digest: string;
                media_type: string;
                size: number;
                created_by: string | null;
                title: string | null;
            }[];
        };
        DeletionPreview: {
            digest: string;
            /** @enum {string} */
            method: "untag" | "digest" | "move" | "refused" | "disabled";
            because: string;
            shared_with: string[];
            indexes: {
                digest: string;
                tags: string[];
            }[];
            referrers: {
                digest: string;
                kind: string;
                tag: string | null;
            }[];
        };
        RollbackInput: {
            digest?: string;
            revision?: number;
        };
        Sbom: {
            key: string;
            /** @enum {string} */
            origin: "scanner" | "attached";
            scanner: string | null;
            digest: string;
            media_type: string;
            size: number | null;
            created_at: string | null;
        };
        ScanAsked: {
            message: string;
        };
        AffectedImage: {
            repository: {
                id: number;
                full_name: string;
            };
            tag: {
                id: number;
                name: string;
            };
            digest: string;
            package: string;
            installed_version: string;
            fixed_by: string | null;
            /** @enum {string} */
            severity: "critical" | "high" | "medium" | "low" | "negligible" | "unknown";
        };
        Finding: {
            id: number;
            name: string;
            aliases: string[];
            title: string | null;
            links: string[];
            package: string;
            purl: string | null;
            installed_version: string;
            fixed_by: string | null;
            /** @enum {string} */
            severity: "critical" | "high" | "medium" | "low" | "negligible" | "unknown";
            severity_source: string | null;
            cvss: {
                score: number;
                vector: string | null;
            } | null;
            scanners: string[];
            layers: string[];
            accepted: {
                reason: string;
                username: string;
                expires_at: string | null;
            } | null;
            /** Format: date-time */
            first_found_at: string;
        };
        Verdict: {
            pass: boolean;
            reasons: string[];
            digest: string;
            /** @enum {string} */
            state: "none" | "queued" | "running" | "done" | "failed" | "unsupported";
            verdict_at: string | null;
            age: number | null;
            worst: ("critical" | "high" | "medium" | "low" | "negligible" | "unknown") | null;
            counts: {
                [key: string]: number;
            };
            fixable: number;
            accepted: number;
            scanners: components["schemas"]["ScannerVerdict"][];
        };
        ScannerVerdict: {
            scanner: string;
            demo: boolean;
            digest: string;
            version: string | null;
            data_version: string | null;
            data_at: string | null;
            /** Format: date-time */
            completed_at: string;
            counts: components["schemas"]["SeverityCounts"];
        };
        Scanner: {
            name: string;
            demo: boolean;
            version: string | null;
            data_version: string | null;
            data_at: string | null;
            /** @description when it last answered */
            checked_at: string | null;
            /** @description why it can not be used now */
            problem: string | null;
        };
        ListedScan: {
            id: number;
            scanner: string;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed" | "unsupported";
            /** @description why it failed or was not possible; of one that waits again, why it failed */
            reason: string | null;
            /** @description that failed */
            attempts: number;
            digest: string;
            /** @description tags of it, or of indexes that list it: the first five */
            places: {
                tag_id: number;
                name: string;
            }[];
            /** @description of the last good verdict, which is still shown */
            verdict_at: string | null;
            /** Format: date-time */
            queued_at: string;
            /** Format: date-time */
            due_at: string;
            started_at: string | null;
            ended_at: string | null;
        };
        ScansSummary: {
            queued: number;
            running: number;
            done: number;
            failed: number;
            unsupported: number;
        };
        AcceptedRisk: {
            id: number;
            namespace_id: number | null;
            vulnerability: string;
            package: string | null;
            reason: string;
            author: {
                id: number | null;
                name: string;
            };
            expires_at: string | null;
            expired: boolean;
            /** Format: date-time */
            created_at: string;
        };
        TagsDeletionInput: {
            tags: number[];
            move_shared?: boolean;
        };
        Deletion: {
            id: number;
            /** @enum {string} */
            kind: "tags" | "repository" | "namespace" | "team" | "retention";
            name: string;
            author: {
                id: number | null;
                name: string;
            };
            move_shared: boolean;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "incomplete";
            outcome: string | null;
            total: number;
            gone: number;
            failed: number;
            /** Format: date-time */
            created_at: string;
            finished_at: string | null;
        };
        DeletionItem: {
            repository: string;
            tag: string | null;
            digest: string | null;
            rule: string | null;
            /** @enum {string} */
            state: "waiting" | "removed" | "absent" | "moved" | "shared" | "left" | "protected" | "disabled" | "unclear" | "failed";
            reason: string | null;
        };
        PlaceDeletionPreview: {
            name: string;
            repositories: number;
            tags: number;
            immutable: string[];
        };
        RetentionRule: {
            id: number;
            namespace_id: number | null;
            name: string;
            /** @enum {string} */
            action: "protect" | "drop";
            enabled: boolean;
            repository_pattern: string;
            tag_pattern: string;
            older_than: number | null;
            not_pulled_for: number | null;
            keep_latest: number | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        RetentionRuleInput: {
            name: string;
            /** @enum {string} */
            action: "protect" | "drop";
            /** @default true */
            enabled: boolean;
            /** @default * */
            repository_pattern: string;
            /** @default * */
            tag_pattern: string;
            /** @default null */
            older_than: number | null;
            /** @default null */
            not_pulled_for: number | null;
            /** @default null */
            keep_latest: number | null;
        };
        RetentionPlan: {
            repositories: {
                id: number;
                full_name: string;
                tags: {
                    name: string;
                    digest: string;
                    /** @enum {string} */
                    verdict: "keep" | "drop";
                    rule: {
                        id: number | null;
                        name: string;
                    } | null;
                    because: string;
                }[];
            }[];
            next: number | null;
            next_tag: string | null;
        };
        TagAlarm: {
            id: number;
            repository: {
                id: number;
                full_name: string;
            };
            tag: string;
            rule: string;
            kept_digest: string;
            found_digest: string | null;
            actor: string | null;
            /** Format: date-time */
            seen_at: string;
            settled_at: string | null;
        };
        Webhook: {
            id: number;
            namespace_id: number;
            name: string;
            /** @description whole for owners and administrators; others see the host */
            url: string;
            /** @enum {string} */
            request_method: "GET" | "POST";
            /** @enum {string} */
            content_type: "application/json" | "application/x-www-form-urlencoded";
            /** @enum {string} */
            format: "portus" | "cloudevents";
            events: ("push" | "delete" | "tag_moved" | "scan" | "new_finding")[];
            username: string | null;
            has_password: boolean;
            has_secret: boolean;
            enabled: boolean;
            /** @description its host failed too often in a row, and is left alone until then */
            resting_until: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookInput: {
            webhook: {
                /** @description default: the host */
                name?: string;
                /** @description http or https; without a scheme: http */
                url: string;
                /**
                 * @description default: POST
                 * @enum {string}
                 */
                request_method?: "GET" | "POST";
                /**
                 * @description default: application/json
                 * @enum {string}
                 */
                content_type?: "application/json" | "application/x-www-form-urlencoded";
                /**
                 * @description default: portus
                 * @enum {string}
                 */
                format?: "portus" | "cloudevents";
                /** @description default: push, delete */
                events?: ("push" | "delete" | "tag_moved" | "scan" | "new_finding")[];
                /** @description for HTTP Basic; empty or null: none */
                username?: string | null;
                /** @description empty or null: none; never shown */
                password?: string | null;
                /** @description signs the deliveries; empty or null: none; never shown */
                secret?: ("" | string) | null;
                /** @description default: false */
                enabled?: boolean;
            };
        };
        WebhookChanges: {
            webhook: {
                /** @description default: the host */
                name?: string;
                /** @description http or https; without a scheme: http */
                url?: string;
                /**
                 * @description default: POST
                 * @enum {string}
                 */
                request_method?: "GET" | "POST";
                /**
                 * @description default: application/json
                 * @enum {string}
                 */
                content_type?: "application/json" | "application/x-www-form-urlencoded";
                /**
                 * @description default: portus
                 * @enum {string}
                 */
                format?: "portus" | "cloudevents";
                /** @description default: push, delete */
                events?: ("push" | "delete" | "tag_moved" | "scan" | "new_finding")[];
                /** @description for HTTP Basic; empty or null: none */
                username?: string | null;
                /** @description empty or null: none; never shown */
                password?: string | null;
                /** @description signs the deliveries; empty or null: none; never shown */
                secret?: ("" | string) | null;
                /** @description default: false */
                enabled?: boolean;
            };
        };
        WebhookHeader: {
            id: number;
            webhook_id: number;
            name: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookHeaderInput: {
            webhook_header: {
                name: string;
                /** @description never shown */
                value: string;
            };
        };
        ListedWebhookDelivery: {
            id: number;
            webhook_id: number;
            /** @description X-Portus-Delivery: the same at every attempt */
            uuid: string;
            /** @enum {string} */
            event: "push" | "delete" | "tag_moved" | "scan" | "new_finding";
            /** @description repository and tag */
            subject: string;
            /** @enum {string} */
            state: "waiting" | "delivered" | "dead";
            /** @description of the last answer; 0: there was none; null: not tried yet */
            status: number | null;
            /** @description why the last attempt failed */
            reason: string | null;
            attempts: number;
            next_attempt_at: string | null;
            /** @description milliseconds */
            duration: number | null;
            /** Format: date-time */
            created_at: string;
            attempted_at: string | null;
        };
        WebhookDelivery: {
            id: number;
            webhook_id: number;
            /** @description X-Portus-Delivery: the same at every attempt */
            uuid: string;
            /** @enum {string} */
            event: "push" | "delete" | "tag_moved" | "scan" | "new_finding";
            /** @description repository and tag */
            subject: string;
            /** @enum {string} */
            state: "waiting" | "delivered" | "dead";
            /** @description of the last answer; 0: there was none; null: not tried yet */
            status: number | null;
            /** @description why the last attempt failed */
            reason: string | null;
            attempts: number;
            next_attempt_at: string | null;
            /** @description milliseconds */
            duration: number | null;
            /** Format: date-time */
            created_at: string;
            attempted_at: string | null;
            /** @description what people entered is hidden */
            request_header: {
                [key: string]: string;
            } | null;
            request_body: string | null;
            response_header: {
                [key: string]: string;
            } | null;
            /** @description the beginning */
            response_body: string | null;
        };
        DeadLetters: {
            namespace: {
                id: number;
                name: string;
            };
            webhook: {
                id: number;
                name: string;
            };
            /** @description deliveries that were given up */
            dead: number;
            /**
             * Format: date-time
             * @description when the newest of them was made
             */
            newest_at: string;
        };
        Team: {
            id: number;
            name: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            description: string;
            hidden: boolean;
            /** @description of the caller */
            role: ("viewer" | "contributor" | "owner") | null;
            users_count: number;
            namespaces_count: number;
            updatable: boolean;
            destroyable: boolean;
        };
        TeamInput: {
            name: string;
            description?: string | null;
            owner_id?: number | null;
        };
        TeamChanges: {
            team: {
                name?: string;
                description?: string | null;
            };
        };
        TeamDeletion: {
            new_team?: string;
        } | null;
        TeamMember: {
            /** @description of the membership, not of the user */
            id: number;
            team_id: number;
            user_id: number;
            username: string;
            display_name: string | null;
            /** @enum {string} */
            role: "viewer" | "contributor" | "owner";
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        TeamMemberInput: {
            user: string;
            /** @enum {string} */
            role: "viewer" | "contributor" | "owner";
        };
        TeamMemberChanges: {
            /** @enum {string} */
            role: "viewer" | "contributor" | "owner";
        };
        Found: {
            /** @enum {string} */
            type: "repository" | "namespace" | "team" | "tag";
            id: number;
            /** @description of a tag: repository:tag */
            name: string;
            description: string;
            visibility: ("private" | "protected" | "public") | null;
            repository_id: number | null;
        };
        Explored: {
            /** @enum {string} */
            type: "repository" | "namespace" | "team" | "tag";
            id: number;
            /** @description of a tag: repository:tag */
            name: string;
            description: string;
            visibility: ("private" | "protected" | "public") | null;
            repository_id: number | null;
            /** @description under which clients reach it */
            registry_hostname: string;
        };
        SignIn: {
            username: string;
            password: string;
        };
        SignedIn: {
            user: components["schemas"]["User"];
            /** @description to be sent as X-CSRF-Token with everything that changes something; null without a session */
            csrf_token: string | null;
        };
        User: {
            id: number;
            username: string;
            email: string | null;
            current_sign_in_at: string | null;
            last_sign_in_at: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            admin: boolean;
            enabled: boolean;
            locked_at: string | null;
            namespace_id: number | null;
            display_name: string | null;
            bot: boolean;
        };
        Session: {
            id: number;
            current: boolean;
            address: string;
            user_agent: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        ProfileChanges: {
            user: {
                email?: string | null;
                display_name?: string | null;
            };
            /** @description needed where the e-mail address changes: who has that can have the password set anew */
            current_password?: string;
        };
        PasswordChange: {
            current_password: string;
            password: string;
        };
        PasswordResetRequest: {
            /** Format: email */
            email: string;
        };
        PasswordResetRequested: {
            message: string;
        };
        PasswordReset: {
            /** @description Out of the mail. */
            token: string;
            password: string;
        };
        SignUpInput: {
            user: {
                username: string;
                /** Format: email */
                email: string;
                password: string;
                display_name?: string | null;
            };
            /** @description PORTUS_FIRST_USER_ADMIN_SECRET, of the first user of a Portus that has it set. */
            secret?: string;
        };
        BootstrapToken: {
            id: number;
            application: string;
            plain_token: string;
        };
        SignInOptions: {
            /** @description Whether people may make themselves an account. */
            sign_up: boolean;
            /** @description Nobody has an account yet: the first one will administer. */
            first_user: boolean;
            /** @description And has to show a secret. */
            first_user_secret: boolean;
            /** @description Whether forgotten passwords are set anew by mail. */
            password_reset: boolean;
            /** @description Whether visitors may look for public repositories. */
            explore: boolean;
        };
        UserInput: {
            user: {
                username: string;
                /** Format: email */
                email: string;
                password?: string;
                display_name?: string | null;
                bot?: boolean | ("true" | "false");
            };
        };
        UserChanges: {
            user: {
                username?: string;
                email?: string | null;
                password?: string;
                display_name?: string | null;
                admin?: boolean | ("true" | "false");
                enabled?: boolean | ("true" | "false");
                /** @description false: unlocks */
                locked?: boolean | ("true" | "false");
            };
        };
        UserLocked: {
            locked: boolean;
        };
        UserEnabled: {
            enabled: boolean;
        };
        ApplicationToken: {
            id: number;
            application: string;
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            /** @description At most these; null: what its user may do. */
            actions: ("pull" | "push" | "delete")[] | null;
            /** @description At most in these; null: in all. */
            namespaces: string[] | null;
            read_only: boolean;
            last_used_at: string | null;
            last_used_from: string | null;
        };
        ApplicationTokenInput: {
            /** @description Its name; this or `name` must be there. */
            application?: string;
            name?: string;
            expires_at?: string | null;
            actions?: ("pull" | "push" | "delete")[] | null;
            namespaces?: string[] | null;
            /** @description true: the same as the action `pull` alone. */
            read_only?: boolean | null;
        };
        NewApplicationToken: {
            id: number;
            application: string;
            /** Format: date-time */
            created_at: string;
            expires_at: string | null;
            /** @description At most these; null: what its user may do. */
            actions: ("pull" | "push" | "delete")[] | null;
            /** @description At most in these; null: in all. */
            namespaces: string[] | null;
            read_only: boolean;
            last_used_at: string | null;
            last_used_from: string | null;
            plain_token: string;
        };
        ExpiringToken: {
            id: number;
            application: string;
            /** Format: date-time */
            expires_at: string;
            user: {
                id: number;
                username: string;
                bot: boolean;
            };
        };
        RefreshToken: {
            id: number;
            /**
             * @description void: rests on a former password; expired, idle: its time is over. Only a valid one gets tokens
             * @enum {string}
             */
            state: "valid" | "idle" | "expired" | "void";
            service: string;
            client_id: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            last_used_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        Denial: {
            id: number;
            user: string | null;
            registry: string;
            repository: string;
            action: string;
            reason: string;
            because: string;
            change: string | null;
            /** Format: date-time */
            first_at: string;
            /** Format: date-time */
            last_at: string;
            address: string;
            count: number;
        };
        Explanation: {
            user: string | null;
            repository: string;
            /** @enum {string} */
            action: "pull" | "push" | "delete";
            allowed: boolean;
            reason: string;
            because: string;
            change: string | null;
            rules: {
                rule: string;
                held: boolean;
            }[];
            facts: {
                namespace: string;
                known: boolean;
                kind: string | null;
                visibility: string | null;
                role: string | null;
                admin: boolean;
            };
            token: components["schemas"]["ApplicationToken"] | null;
        };
        Activity: {
            id: number;
            /** @enum {string} */
            key: "application_token.create" | "application_token.destroy" | "namespace.change_namespace_description" | "namespace.change_team" | "namespace.change_visibility" | "namespace.create" | "namespace.delete" | "refresh_token.destroy" | "registry.create" | "registry.delete" | "registry.rotate_secret" | "registry.update" | "repository.change_description" | "repository.delete" | "retention.change" | "retention.run" | "risk.accept" | "risk.revoke" | "scan.new_finding" | "scan.request" | "session.create" | "session.destroy" | "session.failure" | "sync.approve" | "sync.undo" | "tag.delete" | "tag.move" | "tag.rollback" | "team.add_member" | "team.change_member_role" | "team.change_team_description" | "team.change_team_name" | "team.create" | "team.delete" | "team.migration" | "team.remove_member" | "user.admin" | "user.create" | "user.delete" | "user.enabled" | "user.password" | "user.password_reset" | "user.unlock" | "user.update" | "webhook.create" | "webhook.destroy" | "webhook.disabled" | "webhook.enabled" | "webhook.update";
            /** Format: date-time */
            created_at: string;
            /** @description who did it */
            owner: {
                id: number | null;
                name: string;
            } | null;
            trackable: {
                /** @enum {string} */
                type: "accepted_risk" | "application_token" | "namespace" | "refresh_token" | "registry" | "repository" | "retention_rule" | "session" | "scanner" | "sync_run" | "tag" | "team" | "user" | "webhook";
                id: number | null;
                name: string;
            };
            team_id: number | null;
            namespace_id: number | null;
            /** @description from where; for administrators and for what one did oneself */
            address: string | null;
            request_id: string | null;
            /** @description what changed */
            parameters: {
                [key: string]: unknown;
            };
        };
        HealthComponent: {
            success: boolean;
            msg: string;
            /** @enum {string} */
            status: "up" | "degraded" | "down";
            since?: string;
            until?: string;
        };
        Version: {
            "api-versions": string[];
            /** @description Portus told its commit here. */
            git: null;
            version: string;
        };
        Problem: {
            /** @description A text; of a 422 field → messages. */
            message: string | {
                [key: string]: string[];
            };
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description For programs; as stable as the status. */
            code: string;
            /** @description Also in X-Request-Id and in the log. */
            requestId: string;
        };
        /**
         * @example {
         *       "errors": [
         *         {
         *           "code": "UNAUTHORIZED",
         *           "message": "invalid username or password",
         *           "detail": null
         *         }
         *       ]
         *     }
         */
        RegistryErrors: {
            errors: {
                code: string;
                message: string;
                detail: null;
            }[];
        };
        RegistryToken: {
            /**
             * @description A JWT: distribution token spec, "Token Claims".
             * @example eyJhbGciOiJFUzI1NiJ9.eyJhY2Nlc3MiOltdfQ.c2lnbmF0dXJl
             */
            token: string;
            /**
             * @description The same.
             * @example eyJhbGciOiJFUzI1NiJ9.eyJhY2Nlc3MiOltdfQ.c2lnbmF0dXJl
             */
            access_token: string;
            /**
             * @description Seconds.
             * @example 300
             */
            expires_in: number;
            /**
             * Format: date-time
             * @example 2026-11-21T09:30:00Z
             */
            issued_at: string;
            /**
             * @description What was granted; of POST only.
             * @example repository:a/b:pull
             */
            scope?: string;
            /**
             * @description When it was asked for.
             * @example ptr_Vh4qU1X9bq3m
             */
            refresh_token?: string;
        };
        TokenGrant: {
            /** @enum {string} */
            grant_type: "password" | "refresh_token";
            /** @example registry.example.com:5000 */
            service: string;
            username?: string;
            password?: string;
            /** @example ptr_Vh4qU1X9bq3m */
            refresh_token?: string;
            /** @example repository:library/app:pull,push */
            scope?: string;
            /** @enum {string} */
            access_type?: "online" | "offline";
            client_id?: string;
        };
        /**
         * @example {
         *       "events": [
         *         {
         *           "id": "a1",
         *           "action": "push",
         *           "target": {
         *             "repository": "library/app",
         *             "tag": "1.4"
         *           }
         *         }
         *       ]
         *     }
         */
        Notification: {
            events: {
                [key: string]: unknown;
            }[];
        };
        /**
         * @example {
         *       "keys": [
         *         {
         *           "kid": "PTWT:FNJE",
         *           "kty": "EC",
         *           "alg": "ES256"
         *         }
         *       ]
         *     }
         */
        KeySet: {
            keys: ({
                kid: string;
                kty: string;
                alg: string;
            } & {
                [key: string]: unknown;
            })[];
        };
    };
    responses: {
        /** @description The request does not fit. */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "per_page: Invalid input",
                 *       "type": "about:blank",
                 *       "title": "Bad Request",
                 *       "status": 400,
                 *       "detail": "per_page: Invalid input",
                 *       "code": "bad_request",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description No or wrong credentials. */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Authentication fails",
                 *       "type": "about:blank",
                 *       "title": "Unauthorized",
                 *       "status": 401,
                 *       "detail": "Authentication fails",
                 *       "code": "unauthenticated",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Not allowed. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Authorization fails",
                 *       "type": "about:blank",
                 *       "title": "Forbidden",
                 *       "status": 403,
                 *       "detail": "Authorization fails",
                 *       "code": "forbidden",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Nothing that is accepted can be answered. */
        NotAcceptable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "this answers application/json",
                 *       "type": "about:blank",
                 *       "title": "Not Acceptable",
                 *       "status": 406,
                 *       "detail": "this answers application/json",
                 *       "code": "not_acceptable",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Too often; `Retry-After` tells when to try again. */
        TooManyRequests: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "too many failed attempts",
                 *       "type": "about:blank",
                 *       "title": "Too Many Requests",
                 *       "status": 429,
                 *       "detail": "too many failed attempts",
                 *       "code": "too_many_requests",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Something that is needed for it can not be reached now. */
        ServiceUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "the database can not be reached",
                 *       "type": "about:blank",
                 *       "title": "Service Unavailable",
                 *       "status": 503,
                 *       "detail": "the database can not be reached",
                 *       "code": "unavailable",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Not in the present state. */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "is running",
                 *       "type": "about:blank",
                 *       "title": "Conflict",
                 *       "status": 409,
                 *       "detail": "is running",
                 *       "code": "conflict",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description It was changed meanwhile: read it again. */
        PreconditionFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "it was changed meanwhile",
                 *       "type": "about:blank",
                 *       "title": "Precondition Failed",
                 *       "status": 412,
                 *       "detail": "it was changed meanwhile",
                 *       "code": "precondition_failed",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Request body is too large",
                 *       "type": "about:blank",
                 *       "title": "Payload Too Large",
                 *       "status": 413,
                 *       "detail": "Request body is too large",
                 *       "code": "too_large",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is of no known media type. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "text/plain",
                 *       "type": "about:blank",
                 *       "title": "Unsupported Media Type",
                 *       "status": 415,
                 *       "detail": "text/plain",
                 *       "code": "unsupported_media_type",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Understood, and refused: fields and their messages. */
        UnprocessableEntity: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": {
                 *         "name": [
                 *           "has already been taken"
                 *         ]
                 *       },
                 *       "type": "about:blank",
                 *       "title": "Unprocessable Entity",
                 *       "status": 422,
                 *       "detail": "Validation failed",
                 *       "code": "invalid",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Not there, or not yours to know of. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Not found",
                 *       "type": "about:blank",
                 *       "title": "Not Found",
                 *       "status": 404,
                 *       "detail": "Not found",
                 *       "code": "not_found",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Switched off here. */
        MethodNotAllowed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "is switched off",
                 *       "type": "about:blank",
                 *       "title": "Method Not Allowed",
                 *       "status": 405,
                 *       "detail": "is switched off",
                 *       "code": "method_not_allowed",
                 *       "requestId": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e"
                 *     }
                 */
                "application/json": components["schemas"]["Problem"];
            };
        };
        /** @description Wrong credentials; without any, an anonymous token is answered. */
        RegistryUnauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "UNAUTHORIZED",
                 *           "message": "invalid username or password",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RegistryErrors"];
            };
        };
        /** @description Too many failed attempts. */
        RegistryTooManyRequests: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "UNAUTHORIZED",
                 *           "message": "invalid username or password",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RegistryErrors"];
            };
        };
        /** @description The database can not be reached. */
        RegistryServiceUnavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "UNAUTHORIZED",
                 *           "message": "invalid username or password",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RegistryErrors"];
            };
        };
        /** @description The request can not be understood. */
        RegistryBadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "UNAUTHORIZED",
                 *           "message": "invalid username or password",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RegistryErrors"];
            };
        };
        /** @description The body is too large. */
        RegistryPayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "UNAUTHORIZED",
                 *           "message": "invalid username or password",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RegistryErrors"];
            };
        };
        /** @description The body is no form. */
        RegistryUnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "UNAUTHORIZED",
                 *           "message": "invalid username or password",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RegistryErrors"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Names this request in the log; the one that was sent, if it is sane. */
        "X-Request-Id": string;
        /** @description This page. */
        "X-Page": string;
        /** @description Items of a page. */
        "X-Per-Page": string;
        /** @description The next page; empty on the last. */
        "X-Next-Page": string;
        /** @description The page before; empty on the first. */
        "X-Prev-Page": string;
        /** @description Items altogether. */
        "X-Total": string;
        /** @description Pages altogether, at least 1. */
        "X-Total-Pages": string;
        /** @description `false`: more than 10 000, counted within the last minute or estimated. */
        "X-Total-Exact": string;
        /** @description Other pages (RFC 8288): `first`, `prev`, `next`, `last` where they are known. */
        Link: string;
        /** @description Where the next page begins; not there on the last. */
        "X-Next-Cursor": string;
        /** @description Basic (RFC 7617). */
        "WWW-Authenticate": string;
        /** @description Seconds to wait. */
        "Retry-After": number;
        /** @description Where it is. */
        Location: string;
        /** @description Fields of the body that nobody knows; they were ignored. */
        "X-Portus-Warning": string;
        /** @description `true`: the answer of an earlier request with the same key. */
        "Idempotency-Replayed": "true";
        /** @description Names what was answered (RFC 9110, 8.8.3): for If-None-Match and, when strong, If-Match. */
        ETag: string;
        /** @description What else the path has (RFC 9110 section 10.2.1). */
        Allow: string;
        /** @description up, degraded or down */
        "X-Portus-Status": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listRegistries: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "hostname": "registry.example.com:5000",
                     *         "external_hostname": "registry.example.com",
                     *         "use_ssl": false,
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *         "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *         "webhook_secret": "none",
                     *         "unsigned_events": false,
                     *         "sync_strategy": "initial",
                     *         "clock": {
                     *           "ahead_seconds": 1,
                     *           "database_ahead_seconds": 1,
                     *           "off": "none",
                     *           "measured_at": "2026-11-21T09:30:00.000Z"
                     *         },
                     *         "problem": {
                     *           "code": "text",
                     *           "message": "Not found",
                     *           "since": "2026-11-21T09:30:00.000Z"
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Registry"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createRegistry: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "registry": {
                 *         "name": "library",
                 *         "hostname": "registry.example.com:5000",
                 *         "use_ssl": false,
                 *         "external_hostname": "registry.example.com",
                 *         "webhook_secret": "kept-between-the-two",
                 *         "unsigned_events": false,
                 *         "sync_strategy": "initial"
                 *       },
                 *       "force": false
                 *     }
                 */
                "application/json": components["schemas"]["RegistryInput"];
                /**
                 * @example {
                 *       "registry": {
                 *         "name": "library",
                 *         "hostname": "registry.example.com:5000",
                 *         "use_ssl": false,
                 *         "external_hostname": "registry.example.com",
                 *         "webhook_secret": "kept-between-the-two",
                 *         "unsigned_events": false,
                 *         "sync_strategy": "initial"
                 *       },
                 *       "force": false
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RegistryInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "hostname": "registry.example.com:5000",
                     *       "external_hostname": "registry.example.com",
                     *       "use_ssl": false,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "webhook_secret": "none",
                     *       "unsigned_events": false,
                     *       "sync_strategy": "initial",
                     *       "clock": {
                     *         "ahead_seconds": 1,
                     *         "database_ahead_seconds": 1,
                     *         "off": "none",
                     *         "measured_at": "2026-11-21T09:30:00.000Z"
                     *       },
                     *       "problem": {
                     *         "code": "text",
                     *         "message": "Not found",
                     *         "since": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Registry"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    validateRegistry: {
        parameters: {
            query?: {
                /**
                 * @description The name to check.
                 * @example
                 */
                name?: string;
                /**
                 * @description The address to check, with its port.
                 * @example
                 */
                hostname?: string;
                /**
                 * @description Whether it is spoken to by TLS.
                 * @example false
                 */
                use_ssl?: boolean | ("true" | "false");
                /**
                 * @description The address that clients use, when it is another one.
                 * @example registry.example.com
                 */
                external_hostname?: string;
                /**
                 * @description Only these checks.
                 * @example name
                 */
                only?: ("name" | "hostname" | "use_ssl" | "external_hostname") | ("name" | "hostname" | "use_ssl" | "external_hostname")[];
                /**
                 * @description Only these checks, as a form writes a list.
                 * @example name
                 */
                "only[]"?: ("name" | "hostname" | "use_ssl" | "external_hostname") | ("name" | "hostname" | "use_ssl" | "external_hostname")[];
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": {
                     *         "name": [
                     *           "library"
                     *         ]
                     *       },
                     *       "valid": false
                     *     }
                     */
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRegistry: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "hostname": "registry.example.com:5000",
                     *       "external_hostname": "registry.example.com",
                     *       "use_ssl": false,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "webhook_secret": "none",
                     *       "unsigned_events": false,
                     *       "sync_strategy": "initial",
                     *       "clock": {
                     *         "ahead_seconds": 1,
                     *         "database_ahead_seconds": 1,
                     *         "off": "none",
                     *         "measured_at": "2026-11-21T09:30:00.000Z"
                     *       },
                     *       "problem": {
                     *         "code": "text",
                     *         "message": "Not found",
                     *         "since": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Registry"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateRegistry: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "registry": {
                 *         "name": "library",
                 *         "hostname": "registry.example.com:5000",
                 *         "use_ssl": false,
                 *         "external_hostname": "registry.example.com",
                 *         "webhook_secret": "none",
                 *         "unsigned_events": false,
                 *         "sync_strategy": "initial"
                 *       },
                 *       "force": false
                 *     }
                 */
                "application/json": components["schemas"]["RegistryChanges"];
                /**
                 * @example {
                 *       "registry": {
                 *         "name": "library",
                 *         "hostname": "registry.example.com:5000",
                 *         "use_ssl": false,
                 *         "external_hostname": "registry.example.com",
                 *         "webhook_secret": "none",
                 *         "unsigned_events": false,
                 *         "sync_strategy": "initial"
                 *       },
                 *       "force": false
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RegistryChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "hostname": "registry.example.com:5000",
                     *       "external_hostname": "registry.example.com",
                     *       "use_ssl": false,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "webhook_secret": "none",
                     *       "unsigned_events": false,
                     *       "sync_strategy": "initial",
                     *       "clock": {
                     *         "ahead_seconds": 1,
                     *         "database_ahead_seconds": 1,
                     *         "off": "none",
                     *         "measured_at": "2026-11-21T09:30:00.000Z"
                     *       },
                     *       "problem": {
                     *         "code": "text",
                     *         "message": "Not found",
                     *         "since": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Registry"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRegistryReachability: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "reachable": false,
                     *       "message": "Not found"
                     *     }
                     */
                    "application/json": components["schemas"]["Reachability"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    rotateSecretOfRegistry: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "webhook_secret": "kept-between-the-two"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteRegistryFormerSecret: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRegistryConfig: {
        parameters: {
            query: {
                /**
                 * @description Of the registry; 3 is 3.x.
                 * @example 3
                 */
                version?: "3" | "2.8";
                /**
                 * @description Where clients reach Portus.
                 * @example https://portus.example
                 */
                portus_url: string;
                /**
                 * @description Where the registry reaches Portus; default: the same.
                 * @example https://portus.example
                 */
                webhook_url?: string;
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "config": "text",
                     *       "files": [
                     *         {
                     *           "path": "text",
                     *           "text": "text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RegistryConfig"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    syncRegistry: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "mode": "deep",
                 *       "strategy": "update",
                 *       "dry_run": false
                 *     }
                 */
                "application/json": components["schemas"]["SyncOrder"];
                /**
                 * @example {
                 *       "mode": "deep",
                 *       "strategy": "update",
                 *       "dry_run": false
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["SyncOrder"];
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "registry_id": 1,
                     *       "reason": "text",
                     *       "mode": "names",
                     *       "strategy": "initial",
                     *       "dry_run": false,
                     *       "state": "queued",
                     *       "stage": "listing",
                     *       "outcome": "text",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1,
                     *         "total_is_final": false,
                     *         "failed": 1,
                     *         "rate": 1,
                     *         "eta": 1
                     *       },
                     *       "changes": {
                     *         "name": 1
                     *       },
                     *       "removals": {
                     *         "planned": 1,
                     *         "missing_repositories": 1,
                     *         "approved_by": "text",
                     *         "approved_at": "2026-11-21T09:30:00.000Z",
                     *         "restorable": 1
                     *       },
                     *       "differences": {
                     *         "open": 1,
                     *         "recorded": 1
                     *       },
                     *       "requested_by": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "started_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRun"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRegistrySyncRuns: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id";
                /**
                 * @description In which direction.
                 * @example desc
                 */
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "registry_id": 1,
                     *         "reason": "text",
                     *         "mode": "names",
                     *         "strategy": "initial",
                     *         "dry_run": false,
                     *         "state": "queued",
                     *         "stage": "listing",
                     *         "outcome": "text",
                     *         "progress": {
                     *           "done": 1,
                     *           "total": 1,
                     *           "total_is_final": false,
                     *           "failed": 1,
                     *           "rate": 1,
                     *           "eta": 1
                     *         },
                     *         "changes": {
                     *           "name": 1
                     *         },
                     *         "removals": {
                     *           "planned": 1,
                     *           "missing_repositories": 1,
                     *           "approved_by": "text",
                     *           "approved_at": "2026-11-21T09:30:00.000Z",
                     *           "restorable": 1
                     *         },
                     *         "differences": {
                     *           "open": 1,
                     *           "recorded": 1
                     *         },
                     *         "requested_by": "text",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "started_at": "2026-11-21T09:30:00.000Z",
                     *         "finished_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["SyncRun"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRegistrySyncRun: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a sync run.
                 * @example 1
                 */
                run: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "registry_id": 1,
                     *       "reason": "text",
                     *       "mode": "names",
                     *       "strategy": "initial",
                     *       "dry_run": false,
                     *       "state": "queued",
                     *       "stage": "listing",
                     *       "outcome": "text",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1,
                     *         "total_is_final": false,
                     *         "failed": 1,
                     *         "rate": 1,
                     *         "eta": 1
                     *       },
                     *       "changes": {
                     *         "name": 1
                     *       },
                     *       "removals": {
                     *         "planned": 1,
                     *         "missing_repositories": 1,
                     *         "approved_by": "text",
                     *         "approved_at": "2026-11-21T09:30:00.000Z",
                     *         "restorable": 1
                     *       },
                     *       "differences": {
                     *         "open": 1,
                     *         "recorded": 1
                     *       },
                     *       "requested_by": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "started_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z",
                     *       "plan": [
                     *         {
                     *           "repository": "library/app",
                     *           "tag": "1.4",
                     *           "kind": "not_stored",
                     *           "state": "open",
                     *           "stored_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "registry_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "reason": "text",
                     *           "found_at": "2026-11-21T09:30:00.000Z",
                     *           "run_id": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRunWithPlan"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRegistrySyncRunDifferences: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a sync run.
                 * @example 1
                 */
                run: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "repository": "library/app",
                     *         "tag": "1.4",
                     *         "kind": "not_stored",
                     *         "state": "open",
                     *         "stored_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "registry_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "reason": "text",
                     *         "found_at": "2026-11-21T09:30:00.000Z",
                     *         "run_id": 1
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Difference"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    approveRegistrySyncRun: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a sync run.
                 * @example 1
                 */
                run: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "registry_id": 1,
                     *       "reason": "text",
                     *       "mode": "names",
                     *       "strategy": "initial",
                     *       "dry_run": false,
                     *       "state": "queued",
                     *       "stage": "listing",
                     *       "outcome": "text",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1,
                     *         "total_is_final": false,
                     *         "failed": 1,
                     *         "rate": 1,
                     *         "eta": 1
                     *       },
                     *       "changes": {
                     *         "name": 1
                     *       },
                     *       "removals": {
                     *         "planned": 1,
                     *         "missing_repositories": 1,
                     *         "approved_by": "text",
                     *         "approved_at": "2026-11-21T09:30:00.000Z",
                     *         "restorable": 1
                     *       },
                     *       "differences": {
                     *         "open": 1,
                     *         "recorded": 1
                     *       },
                     *       "requested_by": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "started_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRun"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    cancelRegistrySyncRun: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a sync run.
                 * @example 1
                 */
                run: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "registry_id": 1,
                     *       "reason": "text",
                     *       "mode": "names",
                     *       "strategy": "initial",
                     *       "dry_run": false,
                     *       "state": "queued",
                     *       "stage": "listing",
                     *       "outcome": "text",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1,
                     *         "total_is_final": false,
                     *         "failed": 1,
                     *         "rate": 1,
                     *         "eta": 1
                     *       },
                     *       "changes": {
                     *         "name": 1
                     *       },
                     *       "removals": {
                     *         "planned": 1,
                     *         "missing_repositories": 1,
                     *         "approved_by": "text",
                     *         "approved_at": "2026-11-21T09:30:00.000Z",
                     *         "restorable": 1
                     *       },
                     *       "differences": {
                     *         "open": 1,
                     *         "recorded": 1
                     *       },
                     *       "requested_by": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "started_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRun"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    undoRegistrySyncRun: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a sync run.
                 * @example 1
                 */
                run: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "registry_id": 1,
                     *       "reason": "text",
                     *       "mode": "names",
                     *       "strategy": "initial",
                     *       "dry_run": false,
                     *       "state": "queued",
                     *       "stage": "listing",
                     *       "outcome": "text",
                     *       "progress": {
                     *         "done": 1,
                     *         "total": 1,
                     *         "total_is_final": false,
                     *         "failed": 1,
                     *         "rate": 1,
                     *         "eta": 1
                     *       },
                     *       "changes": {
                     *         "name": 1
                     *       },
                     *       "removals": {
                     *         "planned": 1,
                     *         "missing_repositories": 1,
                     *         "approved_by": "text",
                     *         "approved_at": "2026-11-21T09:30:00.000Z",
                     *         "restorable": 1
                     *       },
                     *       "differences": {
                     *         "open": 1,
                     *         "recorded": 1
                     *       },
                     *       "requested_by": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "started_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["SyncRun"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRegistryDrift: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "equal": false,
                     *       "run_id": 1,
                     *       "as_of": "text",
                     *       "deep_run_id": 1,
                     *       "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "unread_repositories": 1,
                     *       "unrecorded": 1,
                     *       "total": 1,
                     *       "differences": [
                     *         {
                     *           "repository": "library/app",
                     *           "tag": "1.4",
                     *           "kind": "not_stored",
                     *           "state": "open",
                     *           "stored_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "registry_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "reason": "text",
                     *           "found_at": "2026-11-21T09:30:00.000Z",
                     *           "run_id": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Drift"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getEventsStream: {
        parameters: {
            query?: {
                /**
                 * @description For how long to listen; 0: what is there already, and no more.
                 * @example 0
                 */
                seconds?: number;
            };
            header?: {
                /**
                 * @description The `id` of the last message that was received.
                 * @example 1795273200000000.42
                 */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Only those in this state.
                 * @example received
                 */
                state?: "received" | "done" | "ignored" | "failed" | "dead" | "rejected";
                /**
                 * @description Only of this registry.
                 * @example 1
                 */
                registry_id?: number;
                /**
                 * @description Full name of a repository, such as `library/app`.
                 * @example library/app
                 */
                repository?: string;
                /**
                 * @description Such as `pull` or `push`.
                 * @example push
                 */
                action?: "push" | "delete" | "unknown";
                /**
                 * @description Not earlier than this.
                 * @example 2026-11-21T09:30:00.000Z
                 */
                from?: string;
                /**
                 * @description Not later than this.
                 * @example 2026-11-21T09:30:00.000Z
                 */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "registry_id": 1,
                     *         "event_id": "text",
                     *         "action": "text",
                     *         "repository": "library/app",
                     *         "tag": "1.4",
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "actor": "text",
                     *         "occurred_at": "2026-11-21T09:30:00.000Z",
                     *         "received_at": "2026-11-21T09:30:00.000Z",
                     *         "processed_at": "2026-11-21T09:30:00.000Z",
                     *         "next_attempt_at": "2026-11-21T09:30:00.000Z",
                     *         "state": "received",
                     *         "reason": "text",
                     *         "attempts": 1
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Event"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getEventsSummary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "registry_id": 1,
                     *         "registry": "text",
                     *         "received": 1,
                     *         "failed": 1,
                     *         "dead": 1,
                     *         "rejected": 1,
                     *         "oldest_waiting_seconds": 1,
                     *         "lag_median_seconds": 1,
                     *         "lag_max_seconds": 1
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["InboxSummary"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "registry_id": 1,
                     *       "event_id": "text",
                     *       "action": "text",
                     *       "repository": "library/app",
                     *       "tag": "1.4",
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "actor": "text",
                     *       "occurred_at": "2026-11-21T09:30:00.000Z",
                     *       "received_at": "2026-11-21T09:30:00.000Z",
                     *       "processed_at": "2026-11-21T09:30:00.000Z",
                     *       "next_attempt_at": "2026-11-21T09:30:00.000Z",
                     *       "state": "received",
                     *       "reason": "text",
                     *       "attempts": 1,
                     *       "payload": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["EventDetail"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    retryEvents: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "states": [
                 *         "failed",
                 *         "dead"
                 *       ],
                 *       "registry_id": 1,
                 *       "repository": "library/app"
                 *     }
                 */
                "application/json": components["schemas"]["EventsRetry"];
                /**
                 * @example {
                 *       "states": [
                 *         "failed",
                 *         "dead"
                 *       ],
                 *       "registry_id": 1,
                 *       "repository": "library/app"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["EventsRetry"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "retried": 1
                     *     }
                     */
                    "application/json": components["schemas"]["EventsRetried"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    retryEvent: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "registry_id": 1,
                     *       "event_id": "text",
                     *       "action": "text",
                     *       "repository": "library/app",
                     *       "tag": "1.4",
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "actor": "text",
                     *       "occurred_at": "2026-11-21T09:30:00.000Z",
                     *       "received_at": "2026-11-21T09:30:00.000Z",
                     *       "processed_at": "2026-11-21T09:30:00.000Z",
                     *       "next_attempt_at": "2026-11-21T09:30:00.000Z",
                     *       "state": "received",
                     *       "reason": "text",
                     *       "attempts": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Event"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNamespaces: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
                /**
                 * @description only those with this in their name
                 * @example app
                 */
                search?: string;
                /**
                 * @description true: only those of the teams one is in
                 * @example true
                 */
                mine?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "description": "What it is for.",
                     *         "team": {
                     *           "id": 1,
                     *           "name": "library",
                     *           "hidden": false
                     *         },
                     *         "registry_hostname": "registry.example.com",
                     *         "visibility": "private",
                     *         "global": false,
                     *         "orphan": false,
                     *         "updatable": false,
                     *         "destroyable": false,
                     *         "permissions": {
                     *           "role": "viewer",
                     *           "pull": false,
                     *           "push": false,
                     *           "visibility": false,
                     *           "webhooks": false
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Namespace"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createNamespace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "library",
                 *       "team": "library",
                 *       "description": "What it is for.",
                 *       "registry_id": 1
                 *     }
                 */
                "application/json": components["schemas"]["NamespaceInput"];
                /**
                 * @example {
                 *       "name": "library",
                 *       "team": "library",
                 *       "description": "What it is for.",
                 *       "registry_id": 1
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["NamespaceInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "team": {
                     *         "id": 1,
                     *         "name": "library",
                     *         "hidden": false
                     *       },
                     *       "registry_hostname": "registry.example.com",
                     *       "visibility": "private",
                     *       "global": false,
                     *       "orphan": false,
                     *       "updatable": false,
                     *       "destroyable": false,
                     *       "permissions": {
                     *         "role": "viewer",
                     *         "pull": false,
                     *         "push": false,
                     *         "visibility": false,
                     *         "webhooks": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Namespace"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    validateNamespace: {
        parameters: {
            query: {
                /**
                 * @description The name to check.
                 * @example library
                 */
                name: string;
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "messages": {
                     *         "name": [
                     *           "library"
                     *         ]
                     *       },
                     *       "valid": false
                     *     }
                     */
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getNamespace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "team": {
                     *         "id": 1,
                     *         "name": "library",
                     *         "hidden": false
                     *       },
                     *       "registry_hostname": "registry.example.com",
                     *       "visibility": "private",
                     *       "global": false,
                     *       "orphan": false,
                     *       "updatable": false,
                     *       "destroyable": false,
                     *       "permissions": {
                     *         "role": "viewer",
                     *         "pull": false,
                     *         "push": false,
                     *         "visibility": false,
                     *         "webhooks": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Namespace"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateNamespace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "namespace": {
                 *         "name": "library",
                 *         "description": "What it is for.",
                 *         "team": "library",
                 *         "visibility": "private"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NamespaceChanges"];
                /**
                 * @example {
                 *       "namespace": {
                 *         "name": "library",
                 *         "description": "What it is for.",
                 *         "team": "library",
                 *         "visibility": "private"
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["NamespaceChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "team": {
                     *         "id": 1,
                     *         "name": "library",
                     *         "hidden": false
                     *       },
                     *       "registry_hostname": "registry.example.com",
                     *       "visibility": "private",
                     *       "global": false,
                     *       "orphan": false,
                     *       "updatable": false,
                     *       "destroyable": false,
                     *       "permissions": {
                     *         "role": "viewer",
                     *         "pull": false,
                     *         "push": false,
                     *         "visibility": false,
                     *         "webhooks": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Namespace"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteNamespace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "kind": "tags",
                     *       "name": "library",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "move_shared": false,
                     *       "state": "queued",
                     *       "outcome": "text",
                     *       "total": 1,
                     *       "gone": 1,
                     *       "failed": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNamespaceRepositories: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "full_name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
                /**
                 * @description only those with this in their name
                 * @example app
                 */
                search?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "full_name": "library/app",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "description": "What it is for.",
                     *         "namespace": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "registry_hostname": "registry.example.com",
                     *         "stars": 1,
                     *         "tags_count": 1,
                     *         "starred": false,
                     *         "updatable": false,
                     *         "destroyable": false,
                     *         "size": 31457280,
                     *         "last_pushed_at": "2026-11-21T09:30:00.000Z",
                     *         "pull_count": 12,
                     *         "pulled_at": "2026-11-21T09:30:00.000Z",
                     *         "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *         "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *         "scan": {
                     *           "images": 1,
                     *           "unknown_images": 1,
                     *           "verdict_at": "2026-11-21T09:30:00.000Z",
                     *           "demo": false,
                     *           "worst": "critical",
                     *           "counts": {
                     *             "critical": 1,
                     *             "high": 1,
                     *             "medium": 1,
                     *             "low": 1,
                     *             "negligible": 1,
                     *             "unknown": 1,
                     *             "fixable": 1
                     *           }
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Repository"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRepositories: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "full_name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
                /**
                 * @description only those with this in their name
                 * @example app
                 */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "full_name": "library/app",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "description": "What it is for.",
                     *         "namespace": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "registry_hostname": "registry.example.com",
                     *         "stars": 1,
                     *         "tags_count": 1,
                     *         "starred": false,
                     *         "updatable": false,
                     *         "destroyable": false,
                     *         "size": 31457280,
                     *         "last_pushed_at": "2026-11-21T09:30:00.000Z",
                     *         "pull_count": 12,
                     *         "pulled_at": "2026-11-21T09:30:00.000Z",
                     *         "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *         "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *         "scan": {
                     *           "images": 1,
                     *           "unknown_images": 1,
                     *           "verdict_at": "2026-11-21T09:30:00.000Z",
                     *           "demo": false,
                     *           "worst": "critical",
                     *           "counts": {
                     *             "critical": 1,
                     *             "high": 1,
                     *             "medium": 1,
                     *             "low": 1,
                     *             "negligible": 1,
                     *             "unknown": 1,
                     *             "fixable": 1
                     *           }
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Repository"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRepository: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "full_name": "library/app",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "namespace": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "registry_hostname": "registry.example.com",
                     *       "stars": 1,
                     *       "tags_count": 1,
                     *       "starred": false,
                     *       "updatable": false,
                     *       "destroyable": false,
                     *       "size": 31457280,
                     *       "last_pushed_at": "2026-11-21T09:30:00.000Z",
                     *       "pull_count": 12,
                     *       "pulled_at": "2026-11-21T09:30:00.000Z",
                     *       "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "scan": {
                     *         "images": 1,
                     *         "unknown_images": 1,
                     *         "verdict_at": "2026-11-21T09:30:00.000Z",
                     *         "demo": false,
                     *         "worst": "critical",
                     *         "counts": {
                     *           "critical": 1,
                     *           "high": 1,
                     *           "medium": 1,
                     *           "low": 1,
                     *           "negligible": 1,
                     *           "unknown": 1,
                     *           "fixable": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Repository"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateRepository: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "repository": {
                 *         "description": "What it is for."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["RepositoryChanges"];
                /**
                 * @example {
                 *       "repository": {
                 *         "description": "What it is for."
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RepositoryChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "full_name": "library/app",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "namespace": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "registry_hostname": "registry.example.com",
                     *       "stars": 1,
                     *       "tags_count": 1,
                     *       "starred": false,
                     *       "updatable": false,
                     *       "destroyable": false,
                     *       "size": 31457280,
                     *       "last_pushed_at": "2026-11-21T09:30:00.000Z",
                     *       "pull_count": 12,
                     *       "pulled_at": "2026-11-21T09:30:00.000Z",
                     *       "names_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "digests_equal_at": "2026-11-21T09:30:00.000Z",
                     *       "scan": {
                     *         "images": 1,
                     *         "unknown_images": 1,
                     *         "verdict_at": "2026-11-21T09:30:00.000Z",
                     *         "demo": false,
                     *         "worst": "critical",
                     *         "counts": {
                     *           "critical": 1,
                     *           "high": 1,
                     *           "medium": 1,
                     *           "low": 1,
                     *           "negligible": 1,
                     *           "unknown": 1,
                     *           "fixable": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Repository"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteRepository: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "kind": "tags",
                     *       "name": "library",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "move_shared": false,
                     *       "state": "queued",
                     *       "outcome": "text",
                     *       "total": 1,
                     *       "gone": 1,
                     *       "failed": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRepositoryTags: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
                /**
                 * @description only those with this in their name
                 * @example app
                 */
                search?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "repository": {
                     *           "id": 1,
                     *           "full_name": "library/app",
                     *           "registry_hostname": "registry.example.com"
                     *         },
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "image_id": "8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "size": 31457280,
                     *         "scanned": 1,
                     *         "vulnerabilities": [
                     *           {
                     *             "id": 1,
                     *             "name": "library",
                     *             "scanner": "text",
                     *             "severity": "text",
                     *             "link": "text",
                     *             "fixed_by": "text",
                     *             "metadata": "text",
                     *             "description": "What it is for."
                     *           }
                     *         ],
                     *         "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *         "artifact_type": "text",
                     *         "platforms": [
                     *           {
                     *             "os": "linux",
                     *             "architecture": "amd64",
                     *             "variant": null,
                     *             "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *             "size": 31457280
                     *           }
                     *         ],
                     *         "describes": "text",
                     *         "pulled_at": "2026-11-21T09:30:00.000Z",
                     *         "pull_count": 12,
                     *         "scan": {
                     *           "state": "none",
                     *           "reason": "text",
                     *           "verdict_at": "2026-11-21T09:30:00.000Z",
                     *           "demo": false,
                     *           "worst": "critical",
                     *           "counts": {
                     *             "critical": 1,
                     *             "high": 1,
                     *             "medium": 1,
                     *             "low": 1,
                     *             "negligible": 1,
                     *             "unknown": 1,
                     *             "fixable": 1
                     *           }
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Tag"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRepositoryTagsGrouped: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       [
                     *         {
                     *           "id": 1,
                     *           "name": "library",
                     *           "repository": {
                     *             "id": 1,
                     *             "full_name": "library/app",
                     *             "registry_hostname": "registry.example.com"
                     *           },
                     *           "author": {
                     *             "id": 1,
                     *             "name": "library"
                     *           },
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "image_id": "8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "created_at": "2026-11-21T09:30:00.000Z",
                     *           "updated_at": "2026-11-21T09:30:00.000Z",
                     *           "size": 31457280,
                     *           "scanned": 1,
                     *           "vulnerabilities": [
                     *             {
                     *               "id": 1,
                     *               "name": "library",
                     *               "scanner": "text",
                     *               "severity": "text",
                     *               "link": "text",
                     *               "fixed_by": "text",
                     *               "metadata": "text",
                     *               "description": "What it is for."
                     *             }
                     *           ],
                     *           "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *           "artifact_type": "text",
                     *           "platforms": [
                     *             {
                     *               "os": "linux",
                     *               "architecture": "amd64",
                     *               "variant": null,
                     *               "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *               "size": 31457280
                     *             }
                     *           ],
                     *           "describes": "text",
                     *           "pulled_at": "2026-11-21T09:30:00.000Z",
                     *           "pull_count": 12,
                     *           "scan": {
                     *             "state": "none",
                     *             "reason": "text",
                     *             "verdict_at": "2026-11-21T09:30:00.000Z",
                     *             "demo": false,
                     *             "worst": "critical",
                     *             "counts": {
                     *               "critical": 1,
                     *               "high": 1,
                     *               "medium": 1,
                     *               "low": 1,
                     *               "negligible": 1,
                     *               "unknown": 1,
                     *               "fixable": 1
                     *             }
                     *           }
                     *         }
                     *       ]
                     *     ]
                     */
                    "application/json": components["schemas"]["Tag"][][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRepositoryTag: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a tag.
                 * @example 1
                 */
                tag_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "repository": {
                     *         "id": 1,
                     *         "full_name": "library/app",
                     *         "registry_hostname": "registry.example.com"
                     *       },
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "image_id": "8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "size": 31457280,
                     *       "scanned": 1,
                     *       "vulnerabilities": [
                     *         {
                     *           "id": 1,
                     *           "name": "library",
                     *           "scanner": "text",
                     *           "severity": "text",
                     *           "link": "text",
                     *           "fixed_by": "text",
                     *           "metadata": "text",
                     *           "description": "What it is for."
                     *         }
                     *       ],
                     *       "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *       "artifact_type": "text",
                     *       "platforms": [
                     *         {
                     *           "os": "linux",
                     *           "architecture": "amd64",
                     *           "variant": null,
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "size": 31457280
                     *         }
                     *       ],
                     *       "describes": "text",
                     *       "pulled_at": "2026-11-21T09:30:00.000Z",
                     *       "pull_count": 12,
                     *       "scan": {
                     *         "state": "none",
                     *         "reason": "text",
                     *         "verdict_at": "2026-11-21T09:30:00.000Z",
                     *         "demo": false,
                     *         "worst": "critical",
                     *         "counts": {
                     *           "critical": 1,
                     *           "high": 1,
                     *           "medium": 1,
                     *           "low": 1,
                     *           "negligible": 1,
                     *           "unknown": 1,
                     *           "fixable": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Tag"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    starRepository: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    unstarRepository: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRepositoryComments: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "body": "Works on arm64 too.",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "destroyable": false
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Comment"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createRepositoryComment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "comment": {
                 *         "body": "Works on arm64 too."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CommentInput"];
                /**
                 * @example {
                 *       "comment": {
                 *         "body": "Works on arm64 too."
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["CommentInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "body": "Works on arm64 too.",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "destroyable": false
                     *     }
                     */
                    "application/json": components["schemas"]["Comment"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteRepositoryComment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a comment.
                 * @example 1
                 */
                comment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTags: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "repository": {
                     *           "id": 1,
                     *           "full_name": "library/app",
                     *           "registry_hostname": "registry.example.com"
                     *         },
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "image_id": "8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "size": 31457280,
                     *         "scanned": 1,
                     *         "vulnerabilities": [
                     *           {
                     *             "id": 1,
                     *             "name": "library",
                     *             "scanner": "text",
                     *             "severity": "text",
                     *             "link": "text",
                     *             "fixed_by": "text",
                     *             "metadata": "text",
                     *             "description": "What it is for."
                     *           }
                     *         ],
                     *         "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *         "artifact_type": "text",
                     *         "platforms": [
                     *           {
                     *             "os": "linux",
                     *             "architecture": "amd64",
                     *             "variant": null,
                     *             "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *             "size": 31457280
                     *           }
                     *         ],
                     *         "describes": "text",
                     *         "pulled_at": "2026-11-21T09:30:00.000Z",
                     *         "pull_count": 12,
                     *         "scan": {
                     *           "state": "none",
                     *           "reason": "text",
                     *           "verdict_at": "2026-11-21T09:30:00.000Z",
                     *           "demo": false,
                     *           "worst": "critical",
                     *           "counts": {
                     *             "critical": 1,
                     *             "high": 1,
                     *             "medium": 1,
                     *             "low": 1,
                     *             "negligible": 1,
                     *             "unknown": 1,
                     *             "fixable": 1
                     *           }
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Tag"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTag: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "repository": {
                     *         "id": 1,
                     *         "full_name": "library/app",
                     *         "registry_hostname": "registry.example.com"
                     *       },
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "image_id": "8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "size": 31457280,
                     *       "scanned": 1,
                     *       "vulnerabilities": [
                     *         {
                     *           "id": 1,
                     *           "name": "library",
                     *           "scanner": "text",
                     *           "severity": "text",
                     *           "link": "text",
                     *           "fixed_by": "text",
                     *           "metadata": "text",
                     *           "description": "What it is for."
                     *         }
                     *       ],
                     *       "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *       "artifact_type": "text",
                     *       "platforms": [
                     *         {
                     *           "os": "linux",
                     *           "architecture": "amd64",
                     *           "variant": null,
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "size": 31457280
                     *         }
                     *       ],
                     *       "describes": "text",
                     *       "pulled_at": "2026-11-21T09:30:00.000Z",
                     *       "pull_count": 12,
                     *       "scan": {
                     *         "state": "none",
                     *         "reason": "text",
                     *         "verdict_at": "2026-11-21T09:30:00.000Z",
                     *         "demo": false,
                     *         "worst": "critical",
                     *         "counts": {
                     *           "critical": 1,
                     *           "high": 1,
                     *           "medium": 1,
                     *           "low": 1,
                     *           "negligible": 1,
                     *           "unknown": 1,
                     *           "fixable": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Tag"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteTag: {
        parameters: {
            query?: {
                /**
                 * @description Delete the manifest also when other tags carry it: these are moved to a copy before.
                 * @example 0
                 */
                move_shared?: "0" | "1" | "true" | "false" | "";
            };
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTagPulls: {
        parameters: {
            query?: {
                /**
                 * @description Not earlier than this.
                 * @example 2026-11-21
                 */
                from?: string;
                /**
                 * @description Not later than this.
                 * @example 2026-11-21
                 */
                to?: string;
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": "2026-11-21T09:30:00.000Z",
                     *       "to": "2026-11-21T09:30:00.000Z",
                     *       "pulls": 1,
                     *       "days": [
                     *         {
                     *           "day": "2026-11-21",
                     *           "pulls": 1
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TagPulls"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTagManifest: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *       "artifact_type": "text",
                     *       "config_media_type": "text",
                     *       "config_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "size": 31457280,
                     *       "manifest_size": 1,
                     *       "os": "linux",
                     *       "architecture": "amd64",
                     *       "variant": null,
                     *       "created": "text",
                     *       "labels": {
                     *         "name": "library"
                     *       },
                     *       "annotations": {
                     *         "name": "library"
                     *       },
                     *       "subject": "text",
                     *       "manifests": [
                     *         {
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *           "os": "linux",
                     *           "architecture": "amd64",
                     *           "variant": null,
                     *           "size": 31457280,
                     *           "annotations": {
                     *             "name": "library"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Manifest"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTagReferrers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "describes": "text",
                     *         "kind": "signature",
                     *         "found_by": "subject",
                     *         "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *         "artifact_type": "text",
                     *         "size": 31457280,
                     *         "tag": "1.4",
                     *         "annotations": {
                     *           "name": "library"
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Referrer"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTagHistory: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "actor": "text",
                     *         "learned_from": "event",
                     *         "seen_at": "2026-11-21T09:30:00.000Z",
                     *         "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *         "size": 31457280,
                     *         "kept": false
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["TagRevision"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTagLayers: {
        parameters: {
            query?: {
                /**
                 * @description of an index: the digest of the image that is meant; default: the first
                 * @example text
                 */
                platform?: string;
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "layers": [
                     *         {
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *           "size": 31457280,
                     *           "created_by": "text",
                     *           "title": "text"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Layers"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    previewTagDeletion: {
        parameters: {
            query?: {
                /**
                 * @description Delete the manifest also when other tags carry it: these are moved to a copy before.
                 * @example 0
                 */
                move_shared?: "0" | "1" | "true" | "false" | "";
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "method": "untag",
                     *       "because": "text",
                     *       "shared_with": [
                     *         "text"
                     *       ],
                     *       "indexes": [
                     *         {
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "tags": [
                     *             "1.4"
                     *           ]
                     *         }
                     *       ],
                     *       "referrers": [
                     *         {
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "kind": "text",
                     *           "tag": "1.4"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["DeletionPreview"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    rollbackTag: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                 *       "revision": 1
                 *     }
                 */
                "application/json": components["schemas"]["RollbackInput"];
                /**
                 * @example {
                 *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                 *       "revision": 1
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RollbackInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "repository": {
                     *         "id": 1,
                     *         "full_name": "library/app",
                     *         "registry_hostname": "registry.example.com"
                     *       },
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "image_id": "8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "size": 31457280,
                     *       "scanned": 1,
                     *       "vulnerabilities": [
                     *         {
                     *           "id": 1,
                     *           "name": "library",
                     *           "scanner": "text",
                     *           "severity": "text",
                     *           "link": "text",
                     *           "fixed_by": "text",
                     *           "metadata": "text",
                     *           "description": "What it is for."
                     *         }
                     *       ],
                     *       "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *       "artifact_type": "text",
                     *       "platforms": [
                     *         {
                     *           "os": "linux",
                     *           "architecture": "amd64",
                     *           "variant": null,
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "size": 31457280
                     *         }
                     *       ],
                     *       "describes": "text",
                     *       "pulled_at": "2026-11-21T09:30:00.000Z",
                     *       "pull_count": 12,
                     *       "scan": {
                     *         "state": "none",
                     *         "reason": "text",
                     *         "verdict_at": "2026-11-21T09:30:00.000Z",
                     *         "demo": false,
                     *         "worst": "critical",
                     *         "counts": {
                     *           "critical": 1,
                     *           "high": 1,
                     *           "medium": 1,
                     *           "low": 1,
                     *           "negligible": 1,
                     *           "unknown": 1,
                     *           "fixable": 1
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Tag"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTagSboms: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "key": "text",
                     *         "origin": "scanner",
                     *         "scanner": "text",
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *         "size": 31457280,
                     *         "created_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Sbom"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTagSbom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description Only this kind of change.
                 * @example 42
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "application/vnd.cyclonedx+json": string | {
                        [key: string]: unknown;
                    };
                    /** @example text */
                    "application/spdx+json": string | {
                        [key: string]: unknown;
                    };
                    /** @example text */
                    "application/octet-stream": string | {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    scanAll: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not found"
                     *     }
                     */
                    "application/json": components["schemas"]["ScanAsked"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    scanTag: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not found"
                     *     }
                     */
                    "application/json": components["schemas"]["ScanAsked"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    scanRepository: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not found"
                     *     }
                     */
                    "application/json": components["schemas"]["ScanAsked"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listVulnerabilityImages: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The name to check.
                 * @example library
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "repository": {
                     *           "id": 1,
                     *           "full_name": "library/app"
                     *         },
                     *         "tag": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "package": "text",
                     *         "installed_version": "text",
                     *         "fixed_by": "text",
                     *         "severity": "critical"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["AffectedImage"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTagVulnerabilities: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Only of this severity.
                 * @example critical
                 */
                severity?: "critical" | "high" | "medium" | "low" | "negligible" | "unknown";
                /**
                 * @description Only what an update repairs, or only what none does.
                 * @example true
                 */
                fixable?: "true" | "false";
                /**
                 * @description Only in this package.
                 * @example text
                 */
                package?: string;
                /**
                 * @description Only this one, by its name.
                 * @example text
                 */
                vulnerability?: string;
                /**
                 * @description Only what this scanner says.
                 * @example text
                 */
                scanner?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "aliases": [
                     *           "text"
                     *         ],
                     *         "title": "text",
                     *         "links": [
                     *           "text"
                     *         ],
                     *         "package": "text",
                     *         "purl": "text",
                     *         "installed_version": "text",
                     *         "fixed_by": "text",
                     *         "severity": "critical",
                     *         "severity_source": "text",
                     *         "cvss": {
                     *           "score": 1,
                     *           "vector": "text"
                     *         },
                     *         "scanners": [
                     *           "text"
                     *         ],
                     *         "layers": [
                     *           "text"
                     *         ],
                     *         "accepted": {
                     *           "reason": "text",
                     *           "username": "alice",
                     *           "expires_at": "2026-11-21T09:30:00.000Z"
                     *         },
                     *         "first_found_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Finding"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTagVerdict: {
        parameters: {
            query?: {
                /**
                 * @description The worst severity that passes; `none`: nothing at all may be found.
                 * @example critical
                 */
                max?: "critical" | "high" | "medium" | "low" | "negligible" | "unknown" | "none";
                /**
                 * @description Whether only that counts which an update repairs.
                 * @example true
                 */
                fixable_only?: "true" | "false";
                /**
                 * @description Hours that a verdict may be old.
                 * @example 1
                 */
                max_age?: number;
                /**
                 * @description What an image that was not scanned yet does.
                 * @example fail
                 */
                unscanned?: "pass" | "fail";
                /**
                 * @description What an image that no scanner can read does.
                 * @example fail
                 */
                unsupported?: "pass" | "fail";
                /**
                 * @description What an image whose last scan failed does.
                 * @example pass
                 */
                failed?: "pass" | "fail";
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "pass": false,
                     *       "reasons": [
                     *         "text"
                     *       ],
                     *       "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "state": "none",
                     *       "verdict_at": "2026-11-21T09:30:00.000Z",
                     *       "age": 1,
                     *       "worst": "critical",
                     *       "counts": {
                     *         "critical": 1,
                     *         "high": 1,
                     *         "medium": 1,
                     *         "low": 1,
                     *         "negligible": 1,
                     *         "unknown": 1
                     *       },
                     *       "fixable": 1,
                     *       "accepted": 1,
                     *       "scanners": [
                     *         {
                     *           "scanner": "text",
                     *           "demo": false,
                     *           "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *           "version": "text",
                     *           "data_version": "text",
                     *           "data_at": "2026-11-21T09:30:00.000Z",
                     *           "completed_at": "2026-11-21T09:30:00.000Z",
                     *           "counts": {
                     *             "critical": 1,
                     *             "high": 1,
                     *             "medium": 1,
                     *             "low": 1,
                     *             "negligible": 1,
                     *             "unknown": 1,
                     *             "fixable": 1
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Verdict"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTagVulnerabilitiesExport: {
        parameters: {
            query?: {
                /**
                 * @description How it is written.
                 * @example json
                 */
                format?: "csv" | "json" | "sarif" | "vex";
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "text/csv": string | {
                        [key: string]: unknown;
                    };
                    /** @example text */
                    "application/json": string | {
                        [key: string]: unknown;
                    };
                    /** @example text */
                    "application/sarif+json": string | {
                        [key: string]: unknown;
                    };
                    /** @example text */
                    "application/vnd.cyclonedx+json": string | {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listScanners: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "name": "library",
                     *         "demo": false,
                     *         "version": "text",
                     *         "data_version": "text",
                     *         "data_at": "2026-11-21T09:30:00.000Z",
                     *         "checked_at": "2026-11-21T09:30:00.000Z",
                     *         "problem": "text"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Scanner"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listScans: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Only scans in this state.
                 * @example queued
                 */
                state?: "queued" | "running" | "done" | "failed" | "unsupported";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "scanner": "text",
                     *         "state": "queued",
                     *         "reason": "text",
                     *         "attempts": 1,
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "places": [
                     *           {
                     *             "tag_id": 1,
                     *             "name": "library"
                     *           }
                     *         ],
                     *         "verdict_at": "2026-11-21T09:30:00.000Z",
                     *         "queued_at": "2026-11-21T09:30:00.000Z",
                     *         "due_at": "2026-11-21T09:30:00.000Z",
                     *         "started_at": "2026-11-21T09:30:00.000Z",
                     *         "ended_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ListedScan"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getScansSummary: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "queued": 1,
                     *       "running": 1,
                     *       "done": 1,
                     *       "failed": 1,
                     *       "unsupported": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ScansSummary"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    retryScan: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of a scan.
                 * @example 1
                 */
                scan_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not found"
                     *     }
                     */
                    "application/json": components["schemas"]["ScanAsked"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listAcceptedRisks: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "namespace_id": 1,
                     *         "vulnerability": "text",
                     *         "package": "text",
                     *         "reason": "text",
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "expires_at": "2026-11-21T09:30:00.000Z",
                     *         "expired": false,
                     *         "created_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["AcceptedRisk"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createAcceptedRisk: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "vulnerability": "text",
                 *       "package": "text",
                 *       "reason": "text",
                 *       "expires_at": "2026-11-21T09:30:00.000Z"
                 *     }
                 */
                "application/json": {
                    vulnerability: string;
                    package?: string | null;
                    reason: string;
                    expires_at?: string | null;
                };
                /**
                 * @example {
                 *       "vulnerability": "text",
                 *       "package": "text",
                 *       "reason": "text",
                 *       "expires_at": "2026-11-21T09:30:00.000Z"
                 *     }
                 */
                "application/x-www-form-urlencoded": {
                    vulnerability: string;
                    package?: string | null;
                    reason: string;
                    expires_at?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "vulnerability": "text",
                     *       "package": "text",
                     *       "reason": "text",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "expires_at": "2026-11-21T09:30:00.000Z",
                     *       "expired": false,
                     *       "created_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["AcceptedRisk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteAcceptedRisk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of an accepted risk.
                 * @example 1
                 */
                risk_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNamespaceAcceptedRisks: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "namespace_id": 1,
                     *         "vulnerability": "text",
                     *         "package": "text",
                     *         "reason": "text",
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "expires_at": "2026-11-21T09:30:00.000Z",
                     *         "expired": false,
                     *         "created_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["AcceptedRisk"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createNamespaceAcceptedRisk: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "vulnerability": "text",
                 *       "package": "text",
                 *       "reason": "text",
                 *       "expires_at": "2026-11-21T09:30:00.000Z"
                 *     }
                 */
                "application/json": {
                    vulnerability: string;
                    package?: string | null;
                    reason: string;
                    expires_at?: string | null;
                };
                /**
                 * @example {
                 *       "vulnerability": "text",
                 *       "package": "text",
                 *       "reason": "text",
                 *       "expires_at": "2026-11-21T09:30:00.000Z"
                 *     }
                 */
                "application/x-www-form-urlencoded": {
                    vulnerability: string;
                    package?: string | null;
                    reason: string;
                    expires_at?: string | null;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "vulnerability": "text",
                     *       "package": "text",
                     *       "reason": "text",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "expires_at": "2026-11-21T09:30:00.000Z",
                     *       "expired": false,
                     *       "created_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["AcceptedRisk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteNamespaceAcceptedRisk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of an accepted risk.
                 * @example 1
                 */
                risk_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDeletions: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "kind": "tags",
                     *         "name": "library",
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "move_shared": false,
                     *         "state": "queued",
                     *         "outcome": "text",
                     *         "total": 1,
                     *         "gone": 1,
                     *         "failed": 1,
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "finished_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Deletion"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createDeletion: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "tags": [
                 *         1
                 *       ],
                 *       "move_shared": false
                 *     }
                 */
                "application/json": components["schemas"]["TagsDeletionInput"];
                /**
                 * @example {
                 *       "tags": [
                 *         1
                 *       ],
                 *       "move_shared": false
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TagsDeletionInput"];
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "kind": "tags",
                     *       "name": "library",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "move_shared": false,
                     *       "state": "queued",
                     *       "outcome": "text",
                     *       "total": 1,
                     *       "gone": 1,
                     *       "failed": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getDeletion: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "kind": "tags",
                     *       "name": "library",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "move_shared": false,
                     *       "state": "queued",
                     *       "outcome": "text",
                     *       "total": 1,
                     *       "gone": 1,
                     *       "failed": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDeletionItems: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "repository": "library/app",
                     *         "tag": "1.4",
                     *         "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "rule": "text",
                     *         "state": "waiting",
                     *         "reason": "text"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["DeletionItem"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    previewRepositoryDeletion: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "library",
                     *       "repositories": 1,
                     *       "tags": 1,
                     *       "immutable": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PlaceDeletionPreview"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    previewNamespaceDeletion: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "library",
                     *       "repositories": 1,
                     *       "tags": 1,
                     *       "immutable": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PlaceDeletionPreview"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listRetentionRules: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "namespace_id": 1,
                     *         "name": "library",
                     *         "action": "protect",
                     *         "enabled": false,
                     *         "repository_pattern": "*",
                     *         "tag_pattern": "pr-*",
                     *         "older_than": 1,
                     *         "not_pulled_for": 1,
                     *         "keep_latest": 1,
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["RetentionRule"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createRetentionRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/json": components["schemas"]["RetentionRuleInput"];
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RetentionRuleInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "action": "protect",
                     *       "enabled": false,
                     *       "repository_pattern": "*",
                     *       "tag_pattern": "pr-*",
                     *       "older_than": 1,
                     *       "not_pulled_for": 1,
                     *       "keep_latest": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["RetentionRule"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateRetentionRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of a rule.
                 * @example 1
                 */
                rule_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/json": components["schemas"]["RetentionRuleInput"];
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RetentionRuleInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "action": "protect",
                     *       "enabled": false,
                     *       "repository_pattern": "*",
                     *       "tag_pattern": "pr-*",
                     *       "older_than": 1,
                     *       "not_pulled_for": 1,
                     *       "keep_latest": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["RetentionRule"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteRetentionRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of a rule.
                 * @example 1
                 */
                rule_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getRetentionPlan: {
        parameters: {
            query?: {
                /**
                 * @description Go on from here: as the answer before names it.
                 * @example 0
                 */
                after?: number;
                /**
                 * @description `next_tag` of the page before, where that is there: the tag after which to go on.
                 * @example 42
                 */
                after_tag?: string;
                /**
                 * @description Items of a page.
                 * @example 20
                 */
                per_page?: number;
                /**
                 * @description only tags with this one, and repositories that have such tags
                 * @example keep
                 */
                verdict?: "keep" | "drop";
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "repositories": [
                     *         {
                     *           "id": 1,
                     *           "full_name": "library/app",
                     *           "tags": [
                     *             {
                     *               "name": "library",
                     *               "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *               "verdict": "keep",
                     *               "rule": {
                     *                 "id": 1,
                     *                 "name": "library"
                     *               },
                     *               "because": "text"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next": 1,
                     *       "next_tag": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["RetentionPlan"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    runRetention: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "kind": "tags",
                     *         "name": "library",
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "move_shared": false,
                     *         "state": "queued",
                     *         "outcome": "text",
                     *         "total": 1,
                     *         "gone": 1,
                     *         "failed": 1,
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "finished_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Deletion"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNamespaceRetentionRules: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "namespace_id": 1,
                     *         "name": "library",
                     *         "action": "protect",
                     *         "enabled": false,
                     *         "repository_pattern": "*",
                     *         "tag_pattern": "pr-*",
                     *         "older_than": 1,
                     *         "not_pulled_for": 1,
                     *         "keep_latest": 1,
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["RetentionRule"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createNamespaceRetentionRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/json": components["schemas"]["RetentionRuleInput"];
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RetentionRuleInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "action": "protect",
                     *       "enabled": false,
                     *       "repository_pattern": "*",
                     *       "tag_pattern": "pr-*",
                     *       "older_than": 1,
                     *       "not_pulled_for": 1,
                     *       "keep_latest": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["RetentionRule"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateNamespaceRetentionRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a rule.
                 * @example 1
                 */
                rule_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/json": components["schemas"]["RetentionRuleInput"];
                /**
                 * @example {
                 *       "name": "library",
                 *       "action": "protect",
                 *       "enabled": true,
                 *       "repository_pattern": "*",
                 *       "tag_pattern": "*",
                 *       "older_than": 1,
                 *       "not_pulled_for": 1,
                 *       "keep_latest": 1
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["RetentionRuleInput"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "action": "protect",
                     *       "enabled": false,
                     *       "repository_pattern": "*",
                     *       "tag_pattern": "pr-*",
                     *       "older_than": 1,
                     *       "not_pulled_for": 1,
                     *       "keep_latest": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["RetentionRule"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteNamespaceRetentionRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a rule.
                 * @example 1
                 */
                rule_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getNamespaceRetentionPlan: {
        parameters: {
            query?: {
                /**
                 * @description Go on from here: as the answer before names it.
                 * @example 0
                 */
                after?: number;
                /**
                 * @description `next_tag` of the page before, where that is there: the tag after which to go on.
                 * @example 42
                 */
                after_tag?: string;
                /**
                 * @description Items of a page.
                 * @example 20
                 */
                per_page?: number;
                /**
                 * @description only tags with this one, and repositories that have such tags
                 * @example keep
                 */
                verdict?: "keep" | "drop";
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "repositories": [
                     *         {
                     *           "id": 1,
                     *           "full_name": "library/app",
                     *           "tags": [
                     *             {
                     *               "name": "library",
                     *               "digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *               "verdict": "keep",
                     *               "rule": {
                     *                 "id": 1,
                     *                 "name": "library"
                     *               },
                     *               "because": "text"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next": 1,
                     *       "next_tag": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["RetentionPlan"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    runNamespaceRetention: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "kind": "tags",
                     *         "name": "library",
                     *         "author": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "move_shared": false,
                     *         "state": "queued",
                     *         "outcome": "text",
                     *         "total": 1,
                     *         "gone": 1,
                     *         "failed": 1,
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "finished_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Deletion"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTagAlarms: {
        parameters: {
            query?: {
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Only those in this state.
                 * @example open
                 */
                state?: "open" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "repository": {
                     *           "id": 1,
                     *           "full_name": "library/app"
                     *         },
                     *         "tag": "1.4",
                     *         "rule": "text",
                     *         "kept_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "found_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *         "actor": "text",
                     *         "seen_at": "2026-11-21T09:30:00.000Z",
                     *         "settled_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["TagAlarm"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    rollbackTagAlarm: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "repository": {
                     *         "id": 1,
                     *         "full_name": "library/app"
                     *       },
                     *       "tag": "1.4",
                     *       "rule": "text",
                     *       "kept_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "found_digest": "sha256:8f0a0c2e6ad1bd3dbb4e7d7a3b6e7f2c5a9d4c1b0e3f6a7d8c9b0a1f2e3d4c5b",
                     *       "actor": "text",
                     *       "seen_at": "2026-11-21T09:30:00.000Z",
                     *       "settled_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["TagAlarm"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNamespaceWebhooks: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "namespace_id": 1,
                     *         "name": "library",
                     *         "url": "https://hooks.example.com/portus",
                     *         "request_method": "GET",
                     *         "content_type": "application/json",
                     *         "format": "portus",
                     *         "events": [
                     *           "push"
                     *         ],
                     *         "username": "alice",
                     *         "has_password": false,
                     *         "has_secret": false,
                     *         "enabled": false,
                     *         "resting_until": "text",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Webhook"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createNamespaceWebhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "webhook": {
                 *         "name": "library",
                 *         "url": "https://hooks.example.com/portus",
                 *         "request_method": "GET",
                 *         "content_type": "application/json",
                 *         "format": "portus",
                 *         "events": [
                 *           "push"
                 *         ],
                 *         "username": "alice",
                 *         "password": "correct horse battery",
                 *         "secret": "",
                 *         "enabled": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["WebhookInput"];
                /**
                 * @example {
                 *       "webhook": {
                 *         "name": "library",
                 *         "url": "https://hooks.example.com/portus",
                 *         "request_method": "GET",
                 *         "content_type": "application/json",
                 *         "format": "portus",
                 *         "events": [
                 *           "push"
                 *         ],
                 *         "username": "alice",
                 *         "password": "correct horse battery",
                 *         "secret": "",
                 *         "enabled": false
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["WebhookInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "url": "https://hooks.example.com/portus",
                     *       "request_method": "GET",
                     *       "content_type": "application/json",
                     *       "format": "portus",
                     *       "events": [
                     *         "push"
                     *       ],
                     *       "username": "alice",
                     *       "has_password": false,
                     *       "has_secret": false,
                     *       "enabled": false,
                     *       "resting_until": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getNamespaceWebhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "url": "https://hooks.example.com/portus",
                     *       "request_method": "GET",
                     *       "content_type": "application/json",
                     *       "format": "portus",
                     *       "events": [
                     *         "push"
                     *       ],
                     *       "username": "alice",
                     *       "has_password": false,
                     *       "has_secret": false,
                     *       "enabled": false,
                     *       "resting_until": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateNamespaceWebhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "webhook": {
                 *         "name": "library",
                 *         "url": "https://hooks.example.com/portus",
                 *         "request_method": "GET",
                 *         "content_type": "application/json",
                 *         "format": "portus",
                 *         "events": [
                 *           "push"
                 *         ],
                 *         "username": "alice",
                 *         "password": "correct horse battery",
                 *         "secret": "",
                 *         "enabled": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["WebhookChanges"];
                /**
                 * @example {
                 *       "webhook": {
                 *         "name": "library",
                 *         "url": "https://hooks.example.com/portus",
                 *         "request_method": "GET",
                 *         "content_type": "application/json",
                 *         "format": "portus",
                 *         "events": [
                 *           "push"
                 *         ],
                 *         "username": "alice",
                 *         "password": "correct horse battery",
                 *         "secret": "",
                 *         "enabled": false
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["WebhookChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "url": "https://hooks.example.com/portus",
                     *       "request_method": "GET",
                     *       "content_type": "application/json",
                     *       "format": "portus",
                     *       "events": [
                     *         "push"
                     *       ],
                     *       "username": "alice",
                     *       "has_password": false,
                     *       "has_secret": false,
                     *       "enabled": false,
                     *       "resting_until": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteNamespaceWebhook: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateNamespaceWebhookToggleEnabled: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "namespace_id": 1,
                     *       "name": "library",
                     *       "url": "https://hooks.example.com/portus",
                     *       "request_method": "GET",
                     *       "content_type": "application/json",
                     *       "format": "portus",
                     *       "events": [
                     *         "push"
                     *       ],
                     *       "username": "alice",
                     *       "has_password": false,
                     *       "has_secret": false,
                     *       "enabled": false,
                     *       "resting_until": "text",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNamespaceWebhookHeaders: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "webhook_id": 1,
                     *         "name": "library",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["WebhookHeader"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createNamespaceWebhookHeader: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "webhook_header": {
                 *         "name": "library",
                 *         "value": "text"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["WebhookHeaderInput"];
                /**
                 * @example {
                 *       "webhook_header": {
                 *         "name": "library",
                 *         "value": "text"
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["WebhookHeaderInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "webhook_id": 1,
                     *       "name": "library",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookHeader"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteNamespaceWebhookHeader: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
                /**
                 * @description The id of a header.
                 * @example 1
                 */
                header_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listNamespaceWebhookDeliveries: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
                /**
                 * @description Only those in this state.
                 * @example waiting
                 */
                state?: "waiting" | "delivered" | "dead";
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "webhook_id": 1,
                     *         "uuid": "text",
                     *         "event": "push",
                     *         "subject": "text",
                     *         "state": "waiting",
                     *         "status": 1,
                     *         "reason": "text",
                     *         "attempts": 1,
                     *         "next_attempt_at": "2026-11-21T09:30:00.000Z",
                     *         "duration": 1,
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "attempted_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ListedWebhookDelivery"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getNamespaceWebhookDelivery: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
                /**
                 * @description The id of a delivery.
                 * @example 1
                 */
                delivery_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "webhook_id": 1,
                     *       "uuid": "text",
                     *       "event": "push",
                     *       "subject": "text",
                     *       "state": "waiting",
                     *       "status": 1,
                     *       "reason": "text",
                     *       "attempts": 1,
                     *       "next_attempt_at": "2026-11-21T09:30:00.000Z",
                     *       "duration": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "attempted_at": "2026-11-21T09:30:00.000Z",
                     *       "request_header": {
                     *         "name": "library"
                     *       },
                     *       "request_body": "text",
                     *       "response_header": {
                     *         "name": "library"
                     *       },
                     *       "response_body": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateNamespaceWebhookDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a webhook.
                 * @example 1
                 */
                webhook_id: number;
                /**
                 * @description The id of a delivery.
                 * @example 1
                 */
                delivery_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "webhook_id": 1,
                     *       "uuid": "text",
                     *       "event": "push",
                     *       "subject": "text",
                     *       "state": "waiting",
                     *       "status": 1,
                     *       "reason": "text",
                     *       "attempts": 1,
                     *       "next_attempt_at": "2026-11-21T09:30:00.000Z",
                     *       "duration": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "attempted_at": "2026-11-21T09:30:00.000Z",
                     *       "request_header": {
                     *         "name": "library"
                     *       },
                     *       "request_body": "text",
                     *       "response_header": {
                     *         "name": "library"
                     *       },
                     *       "response_body": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDeadLetters: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "namespace": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "webhook": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "dead": 1,
                     *         "newest_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["DeadLetters"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTeams: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
                /**
                 * @description only those with this in their name
                 * @example app
                 */
                search?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "description": "What it is for.",
                     *         "hidden": false,
                     *         "role": "viewer",
                     *         "users_count": 1,
                     *         "namespaces_count": 1,
                     *         "updatable": false,
                     *         "destroyable": false
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Team"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createTeam: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "library",
                 *       "description": "What it is for.",
                 *       "owner_id": 1
                 *     }
                 */
                "application/json": components["schemas"]["TeamInput"];
                /**
                 * @example {
                 *       "name": "library",
                 *       "description": "What it is for.",
                 *       "owner_id": 1
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TeamInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "hidden": false,
                     *       "role": "viewer",
                     *       "users_count": 1,
                     *       "namespaces_count": 1,
                     *       "updatable": false,
                     *       "destroyable": false
                     *     }
                     */
                    "application/json": components["schemas"]["Team"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTeam: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "hidden": false,
                     *       "role": "viewer",
                     *       "users_count": 1,
                     *       "namespaces_count": 1,
                     *       "updatable": false,
                     *       "destroyable": false
                     *     }
                     */
                    "application/json": components["schemas"]["Team"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateTeam: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "team": {
                 *         "name": "library",
                 *         "description": "What it is for."
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["TeamChanges"];
                /**
                 * @example {
                 *       "team": {
                 *         "name": "library",
                 *         "description": "What it is for."
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TeamChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "library",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "description": "What it is for.",
                     *       "hidden": false,
                     *       "role": "viewer",
                     *       "users_count": 1,
                     *       "namespaces_count": 1,
                     *       "updatable": false,
                     *       "destroyable": false
                     *     }
                     */
                    "application/json": components["schemas"]["Team"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteTeam: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "new_team": "archive"
                 *     }
                 */
                "application/json": components["schemas"]["TeamDeletion"];
                /**
                 * @example {
                 *       "new_team": "archive"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TeamDeletion"];
            };
        };
        responses: {
            /** @description Workers go on with it. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "kind": "tags",
                     *       "name": "library",
                     *       "author": {
                     *         "id": 1,
                     *         "name": "library"
                     *       },
                     *       "move_shared": false,
                     *       "state": "queued",
                     *       "outcome": "text",
                     *       "total": 1,
                     *       "gone": 1,
                     *       "failed": 1,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "finished_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getTeamDeletion: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "library",
                     *       "repositories": 1,
                     *       "tags": 1,
                     *       "immutable": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PlaceDeletionPreview"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    ldapCheckOfTeam: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTeamNamespaces: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "name" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "name": "library",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "description": "What it is for.",
                     *         "team": {
                     *           "id": 1,
                     *           "name": "library",
                     *           "hidden": false
                     *         },
                     *         "registry_hostname": "registry.example.com",
                     *         "visibility": "private",
                     *         "global": false,
                     *         "orphan": false,
                     *         "updatable": false,
                     *         "destroyable": false,
                     *         "permissions": {
                     *           "role": "viewer",
                     *           "pull": false,
                     *           "push": false,
                     *           "visibility": false,
                     *           "webhooks": false
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Namespace"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listTeamMembers: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "team_id": 1,
                     *         "user_id": 1,
                     *         "username": "alice",
                     *         "display_name": "Alice",
                     *         "role": "viewer",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["TeamMember"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createTeamMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": "alice",
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": components["schemas"]["TeamMemberInput"];
                /**
                 * @example {
                 *       "user": "alice",
                 *       "role": "viewer"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TeamMemberInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "team_id": 1,
                     *       "user_id": 1,
                     *       "username": "alice",
                     *       "display_name": "Alice",
                     *       "role": "viewer",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["TeamMember"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateTeamMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a membership, not of a user.
                 * @example 1
                 */
                member_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": components["schemas"]["TeamMemberChanges"];
                /**
                 * @example {
                 *       "role": "viewer"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TeamMemberChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "team_id": 1,
                     *       "user_id": 1,
                     *       "username": "alice",
                     *       "display_name": "Alice",
                     *       "role": "viewer",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["TeamMember"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteTeamMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
                /**
                 * @description The id of a membership, not of a user.
                 * @example 1
                 */
                member_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    search: {
        parameters: {
            query: {
                /**
                 * @description a part of the name; of `repository:tag` the repository
                 * @example app
                 */
                search: string;
                /**
                 * @description without it all types
                 * @example repository
                 */
                type?: "repository" | "namespace" | "team" | "tag";
                /**
                 * @description of each type
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "type": "repository",
                     *         "id": 1,
                     *         "name": "library",
                     *         "description": "What it is for.",
                     *         "visibility": "private",
                     *         "repository_id": 1
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Found"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    explore: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description only those with this in their name
                 * @example
                 */
                search?: string;
                /**
                 * @description the same as per_page
                 * @example 1
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "type": "repository",
                     *         "id": 1,
                     *         "name": "library",
                     *         "description": "What it is for.",
                     *         "visibility": "private",
                     *         "repository_id": 1,
                     *         "registry_hostname": "registry.example.com"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Explored"][];
                };
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getCurrentSession: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": 1,
                     *         "username": "alice",
                     *         "email": "alice@example.com",
                     *         "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *         "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "admin": false,
                     *         "enabled": false,
                     *         "locked_at": "2026-11-21T09:30:00.000Z",
                     *         "namespace_id": 1,
                     *         "display_name": "Alice",
                     *         "bot": false
                     *       },
                     *       "csrf_token": "kP3v0mXo5t2h"
                     *     }
                     */
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "username": "alice",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["SignIn"];
                /**
                 * @example {
                 *       "username": "alice",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": 1,
                     *         "username": "alice",
                     *         "email": "alice@example.com",
                     *         "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *         "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "admin": false,
                     *         "enabled": false,
                     *         "locked_at": "2026-11-21T09:30:00.000Z",
                     *         "namespace_id": 1,
                     *         "display_name": "Alice",
                     *         "bot": false
                     *       },
                     *       "csrf_token": "kP3v0mXo5t2h"
                     *     }
                     */
                    "application/json": components["schemas"]["SignedIn"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "current": false,
                     *         "address": "192.0.2.7",
                     *         "user_agent": "Mozilla/5.0",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "last_used_at": "2026-11-21T09:30:00.000Z",
                     *         "expires_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Session"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getProfile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateProfile: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": {
                 *         "email": "alice@example.com",
                 *         "display_name": "Alice"
                 *       },
                 *       "current_password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["ProfileChanges"];
                /**
                 * @example {
                 *       "user": {
                 *         "email": "alice@example.com",
                 *         "display_name": "Alice"
                 *       },
                 *       "current_password": "correct horse battery"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["ProfileChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateProfilePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordChange"];
                /**
                 * @example {
                 *       "current_password": "correct horse battery",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updatePasswordResets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "text",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordReset"];
                /**
                 * @example {
                 *       "token": "text",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["PasswordReset"];
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    passwordResets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "alice@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["PasswordResetRequest"];
                /**
                 * @example {
                 *       "email": "alice@example.com"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["PasswordResetRequest"];
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Not found"
                     *     }
                     */
                    "application/json": components["schemas"]["PasswordResetRequested"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["MethodNotAllowed"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createUsersBootstrap: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice"
                 *       },
                 *       "secret": "text"
                 *     }
                 */
                "application/json": components["schemas"]["SignUpInput"];
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice"
                 *       },
                 *       "secret": "text"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["SignUpInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "application": "ci",
                     *       "plain_token": "ptk_Vh4qU1X9bq3mS0JtYw2k"
                     *     }
                     */
                    "application/json": components["schemas"]["BootstrapToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["MethodNotAllowed"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createUsersSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice"
                 *       },
                 *       "secret": "text"
                 *     }
                 */
                "application/json": components["schemas"]["SignUpInput"];
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice"
                 *       },
                 *       "secret": "text"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["SignUpInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["MethodNotAllowed"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getSessionOptions: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sign_up": false,
                     *       "first_user": false,
                     *       "first_user_secret": false,
                     *       "password_reset": false,
                     *       "explore": false
                     *     }
                     */
                    "application/json": components["schemas"]["SignInOptions"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description `true` or empty: one page of at most 1000 items, without paging headers.
                 * @example true
                 */
                all?: "true" | "false" | "";
                /**
                 * @description By what to sort.
                 * @example id
                 */
                sort_attr?: "id" | "username" | "email" | "created_at" | "updated_at";
                /**
                 * @description In which direction.
                 * @example asc
                 */
                sort_order?: "asc" | "desc";
                /**
                 * @description only those with this in their name
                 * @example app
                 */
                search?: string;
                /**
                 * @description only bots, or only people
                 * @example true
                 */
                bot?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "username": "alice",
                     *         "email": "alice@example.com",
                     *         "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *         "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "updated_at": "2026-11-21T09:30:00.000Z",
                     *         "admin": false,
                     *         "enabled": false,
                     *         "locked_at": "2026-11-21T09:30:00.000Z",
                     *         "namespace_id": 1,
                     *         "display_name": "Alice",
                     *         "bot": false
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["User"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice",
                 *         "bot": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["UserInput"];
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice",
                 *         "bot": false
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["UserInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description An id or an e-mail address.
                 * @example text
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice",
                 *         "admin": false,
                 *         "enabled": false,
                 *         "locked": false
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["UserChanges"];
                /**
                 * @example {
                 *       "user": {
                 *         "username": "alice",
                 *         "email": "alice@example.com",
                 *         "password": "correct horse battery",
                 *         "display_name": "Alice",
                 *         "admin": false,
                 *         "enabled": false,
                 *         "locked": false
                 *       }
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["UserChanges"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateUserLocked: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "locked": false
                 *     }
                 */
                "application/json": components["schemas"]["UserLocked"];
                /**
                 * @example {
                 *       "locked": false
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["UserLocked"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    updateUserEnabled: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The ETag that the change is meant for: 412 when it was overtaken.
                 * @example "4f1c.b2Jq"
                 */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "enabled": false
                 *     }
                 */
                "application/json": components["schemas"]["UserEnabled"];
                /**
                 * @example {
                 *       "enabled": false
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["UserEnabled"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "username": "alice",
                     *       "email": "alice@example.com",
                     *       "current_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "last_sign_in_at": "2026-11-21T09:30:00.000Z",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "admin": false,
                     *       "enabled": false,
                     *       "locked_at": "2026-11-21T09:30:00.000Z",
                     *       "namespace_id": 1,
                     *       "display_name": "Alice",
                     *       "bot": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listUserApplicationTokens: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "application": "ci",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "expires_at": "2026-11-21T09:30:00.000Z",
                     *         "actions": [
                     *           "pull"
                     *         ],
                     *         "namespaces": [
                     *           "library"
                     *         ],
                     *         "read_only": false,
                     *         "last_used_at": "2026-11-21T09:30:00.000Z",
                     *         "last_used_from": "192.0.2.7"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ApplicationToken"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    createUserApplicationToken: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same request with the same key within a day is carried out once and answered alike; 422 for another request.
                 * @example b3d9a1c2-5f0e-4f6e-9a57-7d1f0b7c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "application": "ci",
                 *       "name": "library",
                 *       "expires_at": "2026-11-21T09:30:00.000Z",
                 *       "actions": [
                 *         "pull"
                 *       ],
                 *       "namespaces": [
                 *         "library"
                 *       ],
                 *       "read_only": false
                 *     }
                 */
                "application/json": components["schemas"]["ApplicationTokenInput"];
                /**
                 * @example {
                 *       "application": "ci",
                 *       "name": "library",
                 *       "expires_at": "2026-11-21T09:30:00.000Z",
                 *       "actions": [
                 *         "pull"
                 *       ],
                 *       "namespaces": [
                 *         "library"
                 *       ],
                 *       "read_only": false
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["ApplicationTokenInput"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    "X-Portus-Warning": components["headers"]["X-Portus-Warning"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "application": "ci",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "expires_at": "2026-11-21T09:30:00.000Z",
                     *       "actions": [
                     *         "pull"
                     *       ],
                     *       "namespaces": [
                     *         "library"
                     *       ],
                     *       "read_only": false,
                     *       "last_used_at": "2026-11-21T09:30:00.000Z",
                     *       "last_used_from": "192.0.2.7",
                     *       "plain_token": "ptk_Vh4qU1X9bq3mS0JtYw2k"
                     *     }
                     */
                    "application/json": components["schemas"]["NewApplicationToken"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            409: components["responses"]["Conflict"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteApplicationToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listApplicationTokens: {
        parameters: {
            query: {
                /**
                 * @description Those that end before then, or have ended.
                 * @example 2026-11-21T09:30:00.000Z
                 */
                expires_before: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "application": "ci",
                     *         "expires_at": "2026-11-21T09:30:00.000Z",
                     *         "user": {
                     *           "id": 1,
                     *           "username": "alice",
                     *           "bot": false
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ExpiringToken"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listUserRefreshTokens: {
        parameters: {
            query?: {
                /**
                 * @description 1 unless given
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Page": components["headers"]["X-Page"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    "X-Next-Page": components["headers"]["X-Next-Page"];
                    "X-Prev-Page": components["headers"]["X-Prev-Page"];
                    "X-Total": components["headers"]["X-Total"];
                    "X-Total-Pages": components["headers"]["X-Total-Pages"];
                    "X-Total-Exact": components["headers"]["X-Total-Exact"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "state": "valid",
                     *         "service": "registry.example.com:5000",
                     *         "client_id": "docker",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "last_used_at": "2026-11-21T09:30:00.000Z",
                     *         "expires_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["RefreshToken"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    deleteRefreshToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of what the path names.
                 * @example 1
                 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            412: components["responses"]["PreconditionFailed"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listDenials: {
        parameters: {
            query?: {
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Name of a user.
                 * @example alice
                 */
                user?: string;
                /**
                 * @description Full name of a repository, such as `library/app`.
                 * @example library/app
                 */
                repository?: string;
                /**
                 * @description Such as `pull` or `push`.
                 * @example text
                 */
                action?: string;
                /**
                 * @description Only for this reason.
                 * @example user-disabled
                 */
                reason?: "user-disabled" | "user-locked" | "token-expired" | "token-action" | "token-namespace" | "anonymous" | "anonymous-access-off" | "no-namespace" | "not-a-member" | "role-too-weak" | "push-policy" | "delete-disabled" | "unknown-action" | "not-an-oci-name" | "unknown-type" | "not-admin" | "token-catalog";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "user": "alice",
                     *         "registry": "text",
                     *         "repository": "library/app",
                     *         "action": "text",
                     *         "reason": "text",
                     *         "because": "text",
                     *         "change": "text",
                     *         "first_at": "2026-11-21T09:30:00.000Z",
                     *         "last_at": "2026-11-21T09:30:00.000Z",
                     *         "address": "192.0.2.7",
                     *         "count": 1
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Denial"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    explain: {
        parameters: {
            query: {
                /**
                 * @description Full name of a repository, such as `library/app`.
                 * @example library/app
                 */
                repository: string;
                /**
                 * @description Such as `pull` or `push`.
                 * @example pull
                 */
                action: "pull" | "push" | "delete";
                /**
                 * @description Name of a user.
                 * @example alice
                 */
                user?: string;
                /**
                 * @description Name or address of a registry.
                 * @example text
                 */
                registry?: string;
                /**
                 * @description Name of an application token, to see what it would be granted.
                 * @example 1
                 */
                token?: number;
            };
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": "alice",
                     *       "repository": "library/app",
                     *       "action": "pull",
                     *       "allowed": false,
                     *       "reason": "text",
                     *       "because": "text",
                     *       "change": "text",
                     *       "rules": [
                     *         {
                     *           "rule": "text",
                     *           "held": false
                     *         }
                     *       ],
                     *       "facts": {
                     *         "namespace": "library",
                     *         "known": false,
                     *         "kind": "text",
                     *         "visibility": "text",
                     *         "role": "text",
                     *         "admin": false
                     *       },
                     *       "token": {
                     *         "id": 1,
                     *         "application": "ci",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "expires_at": "2026-11-21T09:30:00.000Z",
                     *         "actions": [
                     *           "pull"
                     *         ],
                     *         "namespaces": [
                     *           "library"
                     *         ],
                     *         "read_only": false,
                     *         "last_used_at": "2026-11-21T09:30:00.000Z",
                     *         "last_used_from": "192.0.2.7"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    listActivities: {
        parameters: {
            query?: {
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Only this kind of change.
                 * @example application_token.create
                 */
                key?: "application_token.create" | "application_token.destroy" | "namespace.change_namespace_description" | "namespace.change_team" | "namespace.change_visibility" | "namespace.create" | "namespace.delete" | "refresh_token.destroy" | "registry.create" | "registry.delete" | "registry.rotate_secret" | "registry.update" | "repository.change_description" | "repository.delete" | "retention.change" | "retention.run" | "risk.accept" | "risk.revoke" | "scan.new_finding" | "scan.request" | "session.create" | "session.destroy" | "session.failure" | "sync.approve" | "sync.undo" | "tag.delete" | "tag.move" | "tag.rollback" | "team.add_member" | "team.change_member_role" | "team.change_team_description" | "team.change_team_name" | "team.create" | "team.delete" | "team.migration" | "team.remove_member" | "user.admin" | "user.create" | "user.delete" | "user.enabled" | "user.password" | "user.password_reset" | "user.unlock" | "user.update" | "webhook.create" | "webhook.destroy" | "webhook.disabled" | "webhook.enabled" | "webhook.update";
                /**
                 * @description Only of this user.
                 * @example 1
                 */
                user_id?: number;
                /**
                 * @description Only what happened to this kind of object.
                 * @example accepted_risk
                 */
                trackable_type?: "accepted_risk" | "application_token" | "namespace" | "refresh_token" | "registry" | "repository" | "retention_rule" | "session" | "scanner" | "sync_run" | "tag" | "team" | "user" | "webhook";
                /**
                 * @description Only of this team.
                 * @example 1
                 */
                team_id?: number;
                /**
                 * @description Only of this namespace.
                 * @example 1
                 */
                namespace_id?: number;
                /**
                 * @description Not earlier than this.
                 * @example 2026-11-21T09:30:00.000Z
                 */
                since?: string;
                /**
                 * @description Not later than this.
                 * @example 2026-11-21T09:30:00.000Z
                 */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 1,
                     *         "key": "application_token.create",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "owner": {
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "trackable": {
                     *           "type": "accepted_risk",
                     *           "id": 1,
                     *           "name": "library"
                     *         },
                     *         "team_id": 1,
                     *         "namespace_id": 1,
                     *         "address": "192.0.2.7",
                     *         "request_id": "0b6f1a52-6d0f-4f7c-9a51-2f3f0c9f8f5e",
                     *         "parameters": {
                     *           "name": null
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Activity"][];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    downloadActivities: {
        parameters: {
            query?: {
                /**
                 * @description Items of a page.
                 * @example 1
                 */
                per_page?: number;
                /**
                 * @description `X-Next-Cursor` of the answer before; instead of `page`
                 * @example text
                 */
                cursor?: string;
                /**
                 * @description Only this kind of change.
                 * @example application_token.create
                 */
                key?: "application_token.create" | "application_token.destroy" | "namespace.change_namespace_description" | "namespace.change_team" | "namespace.change_visibility" | "namespace.create" | "namespace.delete" | "refresh_token.destroy" | "registry.create" | "registry.delete" | "registry.rotate_secret" | "registry.update" | "repository.change_description" | "repository.delete" | "retention.change" | "retention.run" | "risk.accept" | "risk.revoke" | "scan.new_finding" | "scan.request" | "session.create" | "session.destroy" | "session.failure" | "sync.approve" | "sync.undo" | "tag.delete" | "tag.move" | "tag.rollback" | "team.add_member" | "team.change_member_role" | "team.change_team_description" | "team.change_team_name" | "team.create" | "team.delete" | "team.migration" | "team.remove_member" | "user.admin" | "user.create" | "user.delete" | "user.enabled" | "user.password" | "user.password_reset" | "user.unlock" | "user.update" | "webhook.create" | "webhook.destroy" | "webhook.disabled" | "webhook.enabled" | "webhook.update";
                /**
                 * @description Only of this user.
                 * @example 1
                 */
                user_id?: number;
                /**
                 * @description Only what happened to this kind of object.
                 * @example accepted_risk
                 */
                trackable_type?: "accepted_risk" | "application_token" | "namespace" | "refresh_token" | "registry" | "repository" | "retention_rule" | "session" | "scanner" | "sync_run" | "tag" | "team" | "user" | "webhook";
                /**
                 * @description Only of this team.
                 * @example 1
                 */
                team_id?: number;
                /**
                 * @description Only of this namespace.
                 * @example 1
                 */
                namespace_id?: number;
                /**
                 * @description Not earlier than this.
                 * @example 2026-11-21T09:30:00.000Z
                 */
                since?: string;
                /**
                 * @description Not later than this.
                 * @example 2026-11-21T09:30:00.000Z
                 */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Link: components["headers"]["Link"];
                    "X-Next-Cursor": components["headers"]["X-Next-Cursor"];
                    "X-Per-Page": components["headers"]["X-Per-Page"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            406: components["responses"]["NotAcceptable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["ServiceUnavailable"];
        };
    };
    ping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        ok: true;
                    };
                };
            };
        };
    };
    getPing: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ok": true
                     *     }
                     */
                    "application/json": {
                        /** @enum {boolean} */
                        ok: true;
                    };
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Up or degraded. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Status": components["headers"]["X-Portus-Status"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": {
                     *         "success": false,
                     *         "msg": "text",
                     *         "status": "up",
                     *         "since": "2026-11-21T09:30:00.000Z",
                     *         "until": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        [key: string]: components["schemas"]["HealthComponent"];
                    };
                };
            };
            /** @description Something is down. */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Status": components["headers"]["X-Portus-Status"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": {
                     *         "success": false,
                     *         "msg": "text",
                     *         "status": "up",
                     *         "since": "2026-11-21T09:30:00.000Z",
                     *         "until": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        [key: string]: components["schemas"]["HealthComponent"];
                    };
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Entity tags that are known: 304 when nothing changed.
                 * @example "4f1c.b2Jq"
                 */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Up or degraded. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "X-Portus-Status": components["headers"]["X-Portus-Status"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": {
                     *         "success": false,
                     *         "msg": "text",
                     *         "status": "up",
                     *         "since": "2026-11-21T09:30:00.000Z",
                     *         "until": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        [key: string]: components["schemas"]["HealthComponent"];
                    };
                };
            };
            /** @description Nothing changed. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            406: components["responses"]["NotAcceptable"];
            /** @description Something is down. */
            503: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Portus-Status": components["headers"]["X-Portus-Status"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": {
                     *         "success": false,
                     *         "msg": "text",
                     *         "status": "up",
                     *         "since": "2026-11-21T09:30:00.000Z",
                     *         "until": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": {
                        [key: string]: components["schemas"]["HealthComponent"];
                    };
                };
            };
        };
    };
    getApiVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "api-versions": [
                     *         "text"
                     *       ],
                     *       "git": null,
                     *       "version": "text"
                     *     }
                     */
                    "application/json": components["schemas"]["Version"];
                };
            };
            401: components["responses"]["Unauthorized"];
        };
    };
    checkCredentials: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are good. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": Record<string, never>;
                };
            };
            401: components["responses"]["RegistryUnauthorized"];
            429: components["responses"]["RegistryTooManyRequests"];
            503: components["responses"]["RegistryServiceUnavailable"];
        };
    };
    getToken: {
        parameters: {
            query: {
                /**
                 * @description The registry, as it calls itself.
                 * @example registry.example.com:5000
                 */
                service: string;
                /**
                 * @description `repository:name:actions` or `registry:catalog:*`; repeated or separated by spaces.
                 * @example [
                 *       "repository:library/app:pull,push"
                 *     ]
                 */
                scope?: string[];
                /**
                 * @description Information only.
                 * @example text
                 */
                account?: string;
                /**
                 * @description What the client calls itself.
                 * @example docker
                 */
                client_id?: string;
                /**
                 * @description `true`: answer a refresh token too.
                 * @example text
                 */
                offline_token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What of it was granted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token": "eyJhbGciOiJFUzI1NiJ9.eyJhY2Nlc3MiOltdfQ.c2lnbmF0dXJl",
                     *       "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJhY2Nlc3MiOltdfQ.c2lnbmF0dXJl",
                     *       "expires_in": 300,
                     *       "issued_at": "2026-11-21T09:30:00Z",
                     *       "scope": "repository:a/b:pull",
                     *       "refresh_token": "ptr_Vh4qU1X9bq3m"
                     *     }
                     */
                    "application/json": components["schemas"]["RegistryToken"];
                };
            };
            400: components["responses"]["RegistryBadRequest"];
            401: components["responses"]["RegistryUnauthorized"];
            429: components["responses"]["RegistryTooManyRequests"];
            503: components["responses"]["RegistryServiceUnavailable"];
        };
    };
    exchangeToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grant_type": "password",
                 *       "service": "registry.example.com:5000",
                 *       "username": "alice",
                 *       "password": "correct horse battery",
                 *       "refresh_token": "ptr_Vh4qU1X9bq3m",
                 *       "scope": "repository:library/app:pull,push",
                 *       "access_type": "online",
                 *       "client_id": "docker"
                 *     }
                 */
                "application/x-www-form-urlencoded": components["schemas"]["TokenGrant"];
            };
        };
        responses: {
            /** @description What of it was granted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token": "eyJhbGciOiJFUzI1NiJ9.eyJhY2Nlc3MiOltdfQ.c2lnbmF0dXJl",
                     *       "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJhY2Nlc3MiOltdfQ.c2lnbmF0dXJl",
                     *       "expires_in": 300,
                     *       "issued_at": "2026-11-21T09:30:00Z",
                     *       "scope": "repository:a/b:pull",
                     *       "refresh_token": "ptr_Vh4qU1X9bq3m"
                     *     }
                     */
                    "application/json": components["schemas"]["RegistryToken"];
                };
            };
            400: components["responses"]["RegistryBadRequest"];
            401: components["responses"]["RegistryUnauthorized"];
            413: components["responses"]["RegistryPayloadTooLarge"];
            415: components["responses"]["RegistryUnsupportedMediaType"];
            429: components["responses"]["RegistryTooManyRequests"];
            503: components["responses"]["RegistryServiceUnavailable"];
        };
    };
    takeEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "events": [
                 *         {
                 *           "id": "a1",
                 *           "action": "push",
                 *           "target": {
                 *             "repository": "library/app",
                 *             "tag": "1.4"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/vnd.docker.distribution.events.v2+json": components["schemas"]["Notification"];
                /**
                 * @example {
                 *       "events": [
                 *         {
                 *           "id": "a1",
                 *           "action": "push",
                 *           "target": {
                 *             "repository": "library/app",
                 *             "tag": "1.4"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/vnd.docker.distribution.events.v1+json": components["schemas"]["Notification"];
            };
        };
        responses: {
            /** @description Taken, whatever the body holds. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["RegistryUnauthorized"];
            503: components["responses"]["RegistryServiceUnavailable"];
        };
    };
    getKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The public keys of tokens (RFC 7517). */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kid": "PTWT:FNJE",
                     *           "kty": "EC",
                     *           "alg": "ES256"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["KeySet"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.1"
                     *     }
                     */
                    "application/json": Record<string, never>;
                };
            };
        };
    };
}
