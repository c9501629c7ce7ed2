-- AlterTable
ALTER TABLE "Run" ADD COLUMN     "lastBatch" TEXT;
