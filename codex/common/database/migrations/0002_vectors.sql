-- needs: vector
CREATE EXTENSION IF NOT EXISTS vector;

-- AlterTable
ALTER TABLE "DatabaseSchema" ADD COLUMN     "embedding" vector(384);

-- AlterTable
ALTER TABLE "DatabaseTable" ADD COLUMN     "embedding" vector(384);

-- AlterTable
ALTER TABLE "Functions" ADD COLUMN     "embedding" vector(384);

-- AlterTable
ALTER TABLE "CompiledRoute" ADD COLUMN     "embedding" vector(384);

-- By hand: the schema language cannot say it. Functions are the ones searched by meaning.
CREATE INDEX "Functions_embedding" ON "Functions" USING hnsw ("embedding" vector_cosine_ops);
