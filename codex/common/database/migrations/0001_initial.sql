-- CreateTable
CREATE TABLE "Run" (
    "id" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL DEFAULT 'local',
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "request" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "options" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "lastEvent" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RunEvent" (
    "runId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "type" TEXT NOT NULL,
    "data" TEXT NOT NULL,

    CONSTRAINT "RunEvent_pkey" PRIMARY KEY ("runId","position")
);

-- CreateTable
CREATE TABLE "ModelCall" (
    "key" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL DEFAULT 'local',
    "chain" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "parameters" TEXT NOT NULL,
    "outputMode" TEXT NOT NULL,
    "outputSchema" TEXT NOT NULL,
    "messages" TEXT NOT NULL,
    "inputs" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sample" INTEGER NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "reply" TEXT NOT NULL,
    "finishReason" TEXT NOT NULL,
    "inputTokens" INTEGER NOT NULL,
    "cachedTokens" INTEGER NOT NULL,
    "outputTokens" INTEGER NOT NULL,
    "price" DECIMAL(20,10),
    "latencyMs" INTEGER NOT NULL,

    CONSTRAINT "ModelCall_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "RunCall" (
    "runId" TEXT NOT NULL,
    "chain" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "sample" INTEGER NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sequence" SERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "hit" BOOLEAN NOT NULL,

    CONSTRAINT "RunCall_pkey" PRIMARY KEY ("runId","chain","place","attempt","sample")
);

-- CreateTable
CREATE TABLE "Evidence" (
    "runId" TEXT NOT NULL,
    "place" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "content" TEXT NOT NULL,

    CONSTRAINT "Evidence_pkey" PRIMARY KEY ("runId","place","kind")
);

-- CreateTable
CREATE TABLE "RunDocument" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "runId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "documentId" INTEGER NOT NULL,

    CONSTRAINT "RunDocument_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Specification" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "request" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Specification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Feature" (
    "specificationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Feature_pkey" PRIMARY KEY ("specificationId","position")
);

-- CreateTable
CREATE TABLE "Requirement" (
    "specificationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "feature" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Requirement_pkey" PRIMARY KEY ("specificationId","position")
);

-- CreateTable
CREATE TABLE "Criterion" (
    "specificationId" INTEGER NOT NULL,
    "requirementPosition" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "given" TEXT NOT NULL,
    "when" TEXT NOT NULL,
    "then" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Criterion_pkey" PRIMARY KEY ("specificationId","requirementPosition","position")
);

-- CreateTable
CREATE TABLE "Entity" (
    "specificationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "plural" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Entity_pkey" PRIMARY KEY ("specificationId","position")
);

-- CreateTable
CREATE TABLE "Parameter" (
    "specificationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Parameter_pkey" PRIMARY KEY ("specificationId","position")
);

-- CreateTable
CREATE TABLE "InterviewQuestion" (
    "specificationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "answer" TEXT,
    "details" TEXT NOT NULL,

    CONSTRAINT "InterviewQuestion_pkey" PRIMARY KEY ("specificationId","position")
);

-- CreateTable
CREATE TABLE "Assumption" (
    "specificationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Assumption_pkey" PRIMARY KEY ("specificationId","position")
);

-- CreateTable
CREATE TABLE "Architecture" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "specificationId" INTEGER NOT NULL,
    "databaseSchemaId" INTEGER NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Architecture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Module" (
    "architectureId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Module_pkey" PRIMARY KEY ("architectureId","position")
);

-- CreateTable
CREATE TABLE "ObjectType" (
    "architectureId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "ObjectType_pkey" PRIMARY KEY ("architectureId","position")
);

-- CreateTable
CREATE TABLE "ErrorType" (
    "architectureId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "base" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "ErrorType_pkey" PRIMARY KEY ("architectureId","position")
);

-- CreateTable
CREATE TABLE "Setting" (
    "architectureId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("architectureId","position")
);

-- CreateTable
CREATE TABLE "Scenario" (
    "architectureId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "requirement" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Scenario_pkey" PRIMARY KEY ("architectureId","position")
);

-- CreateTable
CREATE TABLE "DatabaseSchema" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "DatabaseSchema_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DatabaseTable" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "definition" TEXT NOT NULL,

    CONSTRAINT "DatabaseTable_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CodeGraph" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "architectureId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "function_name" TEXT NOT NULL,
    "api_route" TEXT NOT NULL,
    "graph" TEXT NOT NULL,
    "template" TEXT,
    "module" TEXT NOT NULL,
    "details" TEXT NOT NULL,
    "databaseSchemaId" INTEGER NOT NULL,

    CONSTRAINT "CodeGraph_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FunctionDefinition" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "architectureId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "input_type" TEXT NOT NULL,
    "return_type" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "port" TEXT,
    "contract" TEXT NOT NULL,
    "details" TEXT NOT NULL,
    "codeGraphId" INTEGER,
    "functionId" TEXT,

    CONSTRAINT "FunctionDefinition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Functions" (
    "id" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "input_type" TEXT NOT NULL,
    "return_type" TEXT NOT NULL,
    "contract" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Functions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Package" (
    "id" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "packageName" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "specifier" TEXT NOT NULL,

    CONSTRAINT "Package_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Implementation" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "architectureId" INTEGER NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Implementation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImplementedFunction" (
    "implementationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "functionId" TEXT NOT NULL,

    CONSTRAINT "ImplementedFunction_pkey" PRIMARY KEY ("implementationId","position")
);

-- CreateTable
CREATE TABLE "CompiledRoute" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "details" TEXT NOT NULL,
    "codeGraphId" INTEGER NOT NULL,

    CONSTRAINT "CompiledRoute_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Application" (
    "id" SERIAL NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "owner" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "implementationId" INTEGER NOT NULL,
    "lock" TEXT NOT NULL,
    "sourceMap" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "Application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ServiceFile" (
    "applicationId" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "details" TEXT NOT NULL,

    CONSTRAINT "ServiceFile_pkey" PRIMARY KEY ("applicationId","position")
);

-- CreateTable
CREATE TABLE "_DatabaseSchemaToDatabaseTable" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_DatabaseSchemaToDatabaseTable_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_RelatedTables" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_RelatedTables_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_FunctionsToPackage" (
    "A" TEXT NOT NULL,
    "B" TEXT NOT NULL,

    CONSTRAINT "_FunctionsToPackage_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_CompiledRouteToFunctions" (
    "A" INTEGER NOT NULL,
    "B" TEXT NOT NULL,

    CONSTRAINT "_CompiledRouteToFunctions_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateTable
CREATE TABLE "_ApplicationToCompiledRoute" (
    "A" INTEGER NOT NULL,
    "B" INTEGER NOT NULL,

    CONSTRAINT "_ApplicationToCompiledRoute_AB_pkey" PRIMARY KEY ("A","B")
);

-- CreateIndex
CREATE INDEX "Run_owner_id_idx" ON "Run"("owner", "id" DESC);

-- CreateIndex
CREATE INDEX "Run_owner_status_id_idx" ON "Run"("owner", "status", "id" DESC);

-- CreateIndex
CREATE INDEX "ModelCall_owner_chain_createdAt_idx" ON "ModelCall"("owner", "chain", "createdAt" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "RunCall_sequence_key" ON "RunCall"("sequence");

-- CreateIndex
CREATE INDEX "RunCall_key_idx" ON "RunCall"("key");

-- CreateIndex
CREATE INDEX "RunDocument_runId_kind_id_idx" ON "RunDocument"("runId", "kind", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Specification_owner_digest_key" ON "Specification"("owner", "digest");

-- CreateIndex
CREATE INDEX "Architecture_specificationId_idx" ON "Architecture"("specificationId");

-- CreateIndex
CREATE UNIQUE INDEX "Architecture_owner_digest_key" ON "Architecture"("owner", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "DatabaseSchema_owner_digest_key" ON "DatabaseSchema"("owner", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "DatabaseTable_owner_digest_key" ON "DatabaseTable"("owner", "digest");

-- CreateIndex
CREATE INDEX "CodeGraph_databaseSchemaId_idx" ON "CodeGraph"("databaseSchemaId");

-- CreateIndex
CREATE UNIQUE INDEX "CodeGraph_architectureId_position_key" ON "CodeGraph"("architectureId", "position");

-- CreateIndex
CREATE INDEX "FunctionDefinition_architectureId_idx" ON "FunctionDefinition"("architectureId");

-- CreateIndex
CREATE INDEX "FunctionDefinition_codeGraphId_idx" ON "FunctionDefinition"("codeGraphId");

-- CreateIndex
CREATE INDEX "FunctionDefinition_functionId_idx" ON "FunctionDefinition"("functionId");

-- CreateIndex
CREATE INDEX "Functions_owner_contract_createdAt_idx" ON "Functions"("owner", "contract", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "Implementation_architectureId_idx" ON "Implementation"("architectureId");

-- CreateIndex
CREATE UNIQUE INDEX "Implementation_owner_digest_key" ON "Implementation"("owner", "digest");

-- CreateIndex
CREATE INDEX "ImplementedFunction_functionId_idx" ON "ImplementedFunction"("functionId");

-- CreateIndex
CREATE UNIQUE INDEX "CompiledRoute_codeGraphId_digest_key" ON "CompiledRoute"("codeGraphId", "digest");

-- CreateIndex
CREATE INDEX "Application_implementationId_idx" ON "Application"("implementationId");

-- CreateIndex
CREATE UNIQUE INDEX "Application_owner_digest_key" ON "Application"("owner", "digest");

-- CreateIndex
CREATE INDEX "_DatabaseSchemaToDatabaseTable_B_index" ON "_DatabaseSchemaToDatabaseTable"("B");

-- CreateIndex
CREATE INDEX "_RelatedTables_B_index" ON "_RelatedTables"("B");

-- CreateIndex
CREATE INDEX "_FunctionsToPackage_B_index" ON "_FunctionsToPackage"("B");

-- CreateIndex
CREATE INDEX "_CompiledRouteToFunctions_B_index" ON "_CompiledRouteToFunctions"("B");

-- CreateIndex
CREATE INDEX "_ApplicationToCompiledRoute_B_index" ON "_ApplicationToCompiledRoute"("B");

-- AddForeignKey
ALTER TABLE "RunEvent" ADD CONSTRAINT "RunEvent_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunCall" ADD CONSTRAINT "RunCall_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunCall" ADD CONSTRAINT "RunCall_key_fkey" FOREIGN KEY ("key") REFERENCES "ModelCall"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Evidence" ADD CONSTRAINT "Evidence_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RunDocument" ADD CONSTRAINT "RunDocument_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Feature" ADD CONSTRAINT "Feature_specificationId_fkey" FOREIGN KEY ("specificationId") REFERENCES "Specification"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Requirement" ADD CONSTRAINT "Requirement_specificationId_fkey" FOREIGN KEY ("specificationId") REFERENCES "Specification"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Criterion" ADD CONSTRAINT "Criterion_specificationId_requirementPosition_fkey" FOREIGN KEY ("specificationId", "requirementPosition") REFERENCES "Requirement"("specificationId", "position") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Entity" ADD CONSTRAINT "Entity_specificationId_fkey" FOREIGN KEY ("specificationId") REFERENCES "Specification"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Parameter" ADD CONSTRAINT "Parameter_specificationId_fkey" FOREIGN KEY ("specificationId") REFERENCES "Specification"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "InterviewQuestion" ADD CONSTRAINT "InterviewQuestion_specificationId_fkey" FOREIGN KEY ("specificationId") REFERENCES "Specification"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Assumption" ADD CONSTRAINT "Assumption_specificationId_fkey" FOREIGN KEY ("specificationId") REFERENCES "Specification"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Architecture" ADD CONSTRAINT "Architecture_specificationId_fkey" FOREIGN KEY ("specificationId") REFERENCES "Specification"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Architecture" ADD CONSTRAINT "Architecture_databaseSchemaId_fkey" FOREIGN KEY ("databaseSchemaId") REFERENCES "DatabaseSchema"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Module" ADD CONSTRAINT "Module_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ObjectType" ADD CONSTRAINT "ObjectType_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ErrorType" ADD CONSTRAINT "ErrorType_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Setting" ADD CONSTRAINT "Setting_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Scenario" ADD CONSTRAINT "Scenario_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CodeGraph" ADD CONSTRAINT "CodeGraph_databaseSchemaId_fkey" FOREIGN KEY ("databaseSchemaId") REFERENCES "DatabaseSchema"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CodeGraph" ADD CONSTRAINT "CodeGraph_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FunctionDefinition" ADD CONSTRAINT "FunctionDefinition_codeGraphId_fkey" FOREIGN KEY ("codeGraphId") REFERENCES "CodeGraph"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FunctionDefinition" ADD CONSTRAINT "FunctionDefinition_functionId_fkey" FOREIGN KEY ("functionId") REFERENCES "Functions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FunctionDefinition" ADD CONSTRAINT "FunctionDefinition_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Implementation" ADD CONSTRAINT "Implementation_architectureId_fkey" FOREIGN KEY ("architectureId") REFERENCES "Architecture"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImplementedFunction" ADD CONSTRAINT "ImplementedFunction_implementationId_fkey" FOREIGN KEY ("implementationId") REFERENCES "Implementation"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImplementedFunction" ADD CONSTRAINT "ImplementedFunction_functionId_fkey" FOREIGN KEY ("functionId") REFERENCES "Functions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CompiledRoute" ADD CONSTRAINT "CompiledRoute_codeGraphId_fkey" FOREIGN KEY ("codeGraphId") REFERENCES "CodeGraph"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Application" ADD CONSTRAINT "Application_implementationId_fkey" FOREIGN KEY ("implementationId") REFERENCES "Implementation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ServiceFile" ADD CONSTRAINT "ServiceFile_applicationId_fkey" FOREIGN KEY ("applicationId") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_DatabaseSchemaToDatabaseTable" ADD CONSTRAINT "_DatabaseSchemaToDatabaseTable_A_fkey" FOREIGN KEY ("A") REFERENCES "DatabaseSchema"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_DatabaseSchemaToDatabaseTable" ADD CONSTRAINT "_DatabaseSchemaToDatabaseTable_B_fkey" FOREIGN KEY ("B") REFERENCES "DatabaseTable"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_RelatedTables" ADD CONSTRAINT "_RelatedTables_A_fkey" FOREIGN KEY ("A") REFERENCES "DatabaseTable"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_RelatedTables" ADD CONSTRAINT "_RelatedTables_B_fkey" FOREIGN KEY ("B") REFERENCES "DatabaseTable"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_FunctionsToPackage" ADD CONSTRAINT "_FunctionsToPackage_A_fkey" FOREIGN KEY ("A") REFERENCES "Functions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_FunctionsToPackage" ADD CONSTRAINT "_FunctionsToPackage_B_fkey" FOREIGN KEY ("B") REFERENCES "Package"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_CompiledRouteToFunctions" ADD CONSTRAINT "_CompiledRouteToFunctions_A_fkey" FOREIGN KEY ("A") REFERENCES "CompiledRoute"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_CompiledRouteToFunctions" ADD CONSTRAINT "_CompiledRouteToFunctions_B_fkey" FOREIGN KEY ("B") REFERENCES "Functions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_ApplicationToCompiledRoute" ADD CONSTRAINT "_ApplicationToCompiledRoute_A_fkey" FOREIGN KEY ("A") REFERENCES "Application"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "_ApplicationToCompiledRoute" ADD CONSTRAINT "_ApplicationToCompiledRoute_B_fkey" FOREIGN KEY ("B") REFERENCES "CompiledRoute"("id") ON DELETE CASCADE ON UPDATE CASCADE;
